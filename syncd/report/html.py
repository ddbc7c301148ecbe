"""A report as one file for browsers and printers, with nothing to be fetched from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from jinja2 import Template

from syncd.report import totals
from syncd.report.charts import Chart
from syncd.report.rows import AGREES, Reconciliation, Result
from syncd.report.series import charts, paid
from syncd.report.templates import environment, style
from syncd.report.wording import in_words, next_step

_WAITS = frozenset({Result.DUE, Result.HELD, Result.BY_HAND})


def page(found: Sequence[Reconciliation], now: datetime) -> str:
    """The whole file."""
    agrees = all(one.agrees for one in found)
    return _template().render(shops=found, agrees=agrees, now=now, style=style())


@cache
def _template() -> Template:
    filters = {
        "by_currency": totals.by_currency,
        "by_reason": totals.by_reason,
        "by_result": totals.by_result,
        "by_sku": totals.by_sku,
        "charts": _charts,
        "mood": _mood,
        "next_step": next_step,
        "restock_waiting": totals.restock_waiting,
        "words": in_words,
    }
    return environment(filters=filters).get_template("report.html.j2")


def _charts(one: Reconciliation) -> list[Chart]:
    return charts(list(paid(one.rows)), one.held_by_day)


def _mood(result: Result) -> str:
    """The class of a result."""
    if result in AGREES:
        return "good"
    return "warn" if result in _WAITS else "bad"
