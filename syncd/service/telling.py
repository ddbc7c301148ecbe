"""A case in the words that people are told: on the command line and on the status page."""

import re
from collections.abc import Mapping
from datetime import datetime

from syncd.model.cases import Case, Path, Restock, State
from syncd.model.money import Money
from syncd.model.reasons import Reason, hint_for

_INSPECT = "Inspect the units, then: syncd restock {case}; for units that do not come back into stock: --not"
_INSPECT_REFUND = (
    "Inspect the units and correct the stock in Shopify under Products, then: syncd restock {case} --not"
)


def hint(reason: str | None, case: Case) -> str:
    """What to type or do next about a case."""
    name = f"{case.shop}:{case.case_id}"
    if reason:
        return hint_for(Reason(reason), name)
    if case.restock is not Restock.WAITING:
        return ""
    return (_INSPECT_REFUND if case.path is Path.REFUND else _INSPECT).format(case=name)


def next_step(case: Case) -> str:
    """What comes next: what a person has to do or type, else what syncd does by itself."""
    if typed := hint(case.reason, case):
        return typed
    if case.due_at:
        return f"syncd looks at it again at {moment(case.due_at)}"
    return "syncd waits for news from TikTok" if case.state is State.TRACKING else "nothing"


def moment(at: datetime) -> str:
    """A time as people read it, to the second, with its zone."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def restock_text(case: Case) -> str:
    """What became of the returned units: which of them wait, and since when."""
    units = ", ".join(f"{count} x {sku}" for sku, count in case.waiting_units.items())
    since = f" since {case.restock_since:%Y-%m-%d}" if case.restock_since else ""
    return f"{case.restock}: {units}{since}" if units else case.restock.value


def amounts(parts: Mapping[str, Money]) -> str:
    """TikTok's names without its word for all of them."""
    names = {name: name.removeprefix("refund_").replace("_", " ") for name in parts}
    return ", ".join(f"{names[name]} {money}" for name, money in parts.items())


def lines_of(text: str) -> str:
    """A hint with each command in it on a line of its own, so that it is copied as one."""
    return re.sub(r"(\nsyncd [^;]*;) ", r"\1\n", text.replace(" syncd ", "\nsyncd "))
