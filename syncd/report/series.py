"""The figures of the four charts: refunds by day, by reason, how long they took, and what was held."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from syncd.model.money import Money, exponent
from syncd.report.charts import Chart, bars, columns
from syncd.report.rows import CaseRow
from syncd.report.totals import NO_REASON

_MOST_PLACES = 62
"""Along an axis of days; a longer time is told by weeks, a still longer one by months."""
_MOST_REASONS = 10
_DAY = timedelta(days=1)
_LAGS: Sequence[tuple[str, timedelta]] = (
    ("1 min", timedelta(minutes=1)),
    ("5 min", timedelta(minutes=5)),
    ("15 min", timedelta(minutes=15)),
    ("1 h", timedelta(hours=1)),
    ("6 h", timedelta(hours=6)),
    ("1 day", timedelta(days=1)),
    ("3 days", timedelta(days=3)),
    ("more", timedelta.max),
)


@dataclass(frozen=True, slots=True)
class Paid:
    """One case as the charts need it: minor units of one currency, days of the shop."""

    currency: str
    tiktok: int = 0
    shopify: int = 0
    reason: str = ""
    paid_back_on: date | None = None
    refunded_on: date | None = None
    lag: timedelta | None = None


def paid(rows: Iterable[CaseRow]) -> Iterator[Paid]:
    """The cases of a report; one of two currencies comes twice."""
    for row in rows:
        took = row.refunded_at - row.paid_back_at if row.refunded_at and row.paid_back_at else None
        for currency in sorted({money.currency for money in (row.tiktok, row.shopify) if money}):
            yield Paid(
                currency=currency,
                tiktok=_minor(row.tiktok, currency),
                shopify=_minor(row.shopify, currency),
                reason=row.reason or NO_REASON,
                paid_back_on=row.paid_back_on,
                refunded_on=row.refunded_on,
                lag=took,
            )


def _minor(money: Money | None, currency: str) -> int:
    return money.minor if money and money.currency == currency else 0


def charts(cases: Sequence[Paid], held_by_day: Sequence[tuple[date, int]]) -> list[Chart]:
    """Those of one shop; those of money once for each currency."""
    found = []
    for currency in sorted({case.currency for case in cases}):
        its = [case for case in cases if case.currency == currency]
        found += [by_day_chart(its, currency), by_reason_chart(its, currency)]
    return [*found, *lag_chart(cases), *held_chart(held_by_day)]


def by_day_chart(cases: Iterable[Paid], currency: str) -> Chart:
    """What TikTok paid back and what Shopify refunded, by the shop's days."""
    tiktok: Counter[date] = Counter()
    shopify: Counter[date] = Counter()
    for case in cases:
        if case.paid_back_on and case.tiktok:
            tiktok[case.paid_back_on] += case.tiktok
        if case.refunded_on and case.shopify:
            shopify[case.refunded_on] += case.shopify
    axis, places = _axis({*tiktok, *shopify})
    series = [
        (side, _summed(values, axis, places)) for side, values in (("TikTok", tiktok), ("Shopify", shopify))
    ]
    names = [place.strftime(axis.label) for place in places]
    return columns(f"Refunds by {axis.name}, {currency}", names, series, _telling(currency))


def by_reason_chart(cases: Iterable[Paid], currency: str) -> Chart:
    """What TikTok paid back, by its reasons."""
    sums: Counter[str] = Counter()
    for case in cases:
        sums[case.reason] += case.tiktok
    found = sorted(
        ((reason, minor) for reason, minor in sums.items() if minor), key=lambda it: (-it[1], it[0])
    )
    few, rest = found[:_MOST_REASONS], sum(minor for _, minor in found[_MOST_REASONS:])
    others = [(f"{len(found) - _MOST_REASONS} others", rest)] if rest else []
    return bars(f"Refunds by reason, {currency}", [*few, *others], _telling(currency))


def lag_chart(cases: Iterable[Paid]) -> list[Chart]:
    """How long after TikTok Shopify had the refund; nothing where there is none."""
    lags = [case.lag for case in cases if case.lag is not None]
    if not lags:
        return []
    counts = Counter(next(name for name, end in _LAGS if lag < end) for lag in lags)
    names = [name for name, _ in _LAGS]
    values = [counts[name] for name in names]
    return [columns("From TikTok to Shopify, within", names, [("refunds", values)], _count)]


def held_chart(held_by_day: Sequence[tuple[date, int]]) -> list[Chart]:
    """How many cases were held, the most of each place along the axis; nothing where none ever was."""
    if not any(count for _, count in held_by_day):
        return []
    axis, places = _axis({day for day, _ in held_by_day})
    most: Counter[date] = Counter()
    for day, count in held_by_day:
        most[axis.place_of(day)] = max(most[axis.place_of(day)], count)
    names = [place.strftime(axis.label) for place in places]
    values = [most[place] for place in places]
    return [columns(f"Held cases by {axis.name}", names, [("held", values)], _count)]


def held_by_day(
    spells: Sequence[tuple[datetime, datetime | None]], since: datetime, until: datetime, zone: tzinfo
) -> list[tuple[date, int]]:
    """How many cases were held at the end of each day, or at `until`."""
    day, found = since.astimezone(zone).date(), []
    while (begin := datetime(day.year, day.month, day.day, tzinfo=zone)) < until:
        end = min(begin + _DAY, until)
        held = sum(start < end and (over is None or over >= end) for start, over in spells)
        found.append((day, held))
        day += _DAY
    return found


@dataclass(frozen=True, slots=True)
class Axis:
    """The places along an axis of time: each day, or each week or month where there would be too many."""

    name: str
    label: str
    place_of: Callable[[date], date]


def _axis(days: set[date]) -> tuple[Axis, list[date]]:
    """The finest axis that has room for these days, and all its places."""
    if not days:
        return _AXES[0], []
    first, last = min(days), max(days)
    all_days = [first + number * _DAY for number in range((last - first).days + 1)]
    every = [(axis, sorted({axis.place_of(day) for day in all_days})) for axis in _AXES]
    return next((one for one in every if len(one[1]) <= _MOST_PLACES), every[-1])


def _same(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - day.weekday() * _DAY


def _month(day: date) -> date:
    return day.replace(day=1)


_AXES = (Axis("day", "%b %d", _same), Axis("week", "%b %d", _week), Axis("month", "%b %Y", _month))


def _summed(values: Counter[date], axis: Axis, places: Sequence[date]) -> list[int]:
    found: Counter[date] = Counter()
    for day, value in values.items():
        found[axis.place_of(day)] += value
    return [found[place] for place in places]


def _count(value: float) -> str:
    return f"{value:g}"


def _telling(currency: str) -> Callable[[float], str]:
    """Amounts without decimals where they have none, with marks between thousands."""
    unit = 10 ** exponent(currency)

    def tell(minor: float) -> str:
        whole = round(minor)
        places = exponent(currency) if whole % unit else 0
        return f"{float(Money(whole, currency).amount):,.{places}f}"

    return tell
