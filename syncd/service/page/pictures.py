"""The page of charts: the last days of each shop, from what the store knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from syncd.clock import zone_named
from syncd.model import notes
from syncd.report.charts import Chart
from syncd.report.series import Paid, charts, held_by_day
from syncd.report.totals import NO_REASON
from syncd.service.page.asking import Look
from syncd.store.tallies import PaidBack, Tallies

DAYS = 30


def view(look: Look) -> Mapping[str, object]:
    """The charts of each shop, or of one."""
    only = look.shop()
    shops = {name: _of_shop(look, name) for name in look.settings.shops if only in (None, name)}
    return {"shops": shops, "days": DAYS}


def _of_shop(look: Look, name: str) -> list[Chart]:
    domain = look.settings.shops[name].shopify.domain
    zone = zone_named(look.store.memory.get(notes.zone(domain)) or "UTC")
    since = look.now - timedelta(days=DAYS)
    tallies = Tallies(look.store.database, name)
    cases = [_paid(one, zone) for one in tallies.paid_back(since)]
    return charts(cases, held_by_day(tallies.held_spells(), since, look.now, zone))


def _paid(one: PaidBack, zone: tzinfo) -> Paid:
    def day(at: datetime | None) -> datetime | None:
        return at.astimezone(zone) if at else None

    refunded_at = day(one.refunded_at)
    return Paid(
        currency=one.money.currency,
        tiktok=one.money.minor,
        shopify=one.refunded,
        reason=one.reason or NO_REASON,
        paid_back_on=one.at.astimezone(zone).date(),
        refunded_on=refunded_at.date() if refunded_at else None,
        lag=one.refunded_at - one.at if one.refunded_at else None,
    )
