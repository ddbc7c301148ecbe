"""What the rows of a report add up to."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from syncd.model.money import Money
from syncd.report.rows import AGREES, CaseRow, Result

NO_REASON = "no reason given"
_PLATFORM = "platform"
"""In TikTok's names of discounts: those that TikTok paid for (TikTok Shop: Search Returns)."""


@dataclass(frozen=True, slots=True)
class Total:
    """Some cases of one currency.

    `left_out` is the part of `tiktok` that is not to be in Shopify. `platform` is what TikTok had paid of the
    price: the buyer gets it from nobody, and it is in neither of the two sums.
    """

    currency: str
    cases: int
    tiktok: Money
    left_out: Money
    shopify: Money
    platform: Money

    @property
    def difference(self) -> Money:
        """What Shopify has refunded beyond what it should have."""
        return self.shopify - (self.tiktok - self.left_out)


@dataclass(frozen=True, slots=True)
class SkuTotal:
    """The units of one SKU that TikTok has paid back; `tiktok` adds up those whose own amount it tells."""

    currency: str
    units: int
    tiktok: Money


def by_currency(rows: Iterable[CaseRow]) -> dict[str, Total]:
    """All cases that have an amount on either side."""
    return {currency: total for (currency, _), total in _grouped(rows, lambda _: "").items()}


def by_reason(rows: Iterable[CaseRow]) -> dict[tuple[str, str], Total]:
    """The same by currency and TikTok's reason, the greatest amount first."""
    found = _grouped(rows, lambda row: row.reason or NO_REASON)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], -item[1].tiktok.minor, item[0][1])))


def by_sku(rows: Iterable[CaseRow]) -> dict[tuple[str, str], SkuTotal]:
    """Paid-back units by currency and SKU, the most units first."""
    units: Counter[tuple[str, str]] = Counter()
    minor: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for key, amount in _units(row):
            units[key] += 1
            minor[key] += amount
    ordered = sorted(units, key=lambda key: (key[0], -units[key], key[1]))
    return {key: SkuTotal(key[0], units[key], Money(minor[key], key[0])) for key in ordered}


def by_result(rows: Iterable[CaseRow]) -> dict[Result, int]:
    """How many cases there are of each result, in the order of the results."""
    found = Counter(row.result for row in rows)
    return {result: found[result] for result in Result if found[result]}


def restock_waiting(rows: Iterable[CaseRow]) -> list[CaseRow]:
    """The cases whose units staff have to inspect."""
    return [row for row in rows if row.restock_waiting]


def platform_part(discounts: Mapping[str, Money]) -> Money | None:
    """What TikTok had paid of the price."""
    parts = [money for name, money in discounts.items() if _PLATFORM in name]
    same = [money for money in parts if money.currency == parts[0].currency]
    return Money(sum(money.minor for money in same), same[0].currency) if same else None


def _units(row: CaseRow) -> Iterator[tuple[tuple[str, str], int]]:
    if row.tiktok is None or row.snapshot is None:
        return
    for line in row.snapshot.lines:
        amount = line.refund.minor if line.refund and line.refund.currency == row.tiktok.currency else 0
        yield (row.tiktok.currency, line.sku or "no SKU"), amount


def _grouped(rows: Iterable[CaseRow], key: Callable[[CaseRow], str]) -> dict[tuple[str, str], Total]:
    groups: dict[tuple[str, str], list[CaseRow]] = defaultdict(list)
    for row in rows:
        for currency in sorted({money.currency for money in (row.tiktok, row.shopify) if money}):
            groups[currency, key(row)].append(row)
    return {group: _total(group[0], groups[group]) for group in sorted(groups)}


def _total(currency: str, rows: list[CaseRow]) -> Total:
    def summed(amounts: Iterable[Money | None]) -> Money:
        minors = (money.minor for money in amounts if money and money.currency == currency)
        return Money(sum(minors), currency)

    return Total(
        currency=currency,
        cases=len(rows),
        tiktok=summed(row.tiktok for row in rows),
        left_out=summed(row.tiktok for row in rows if row.result in AGREES and not row.shopify),
        shopify=summed(row.shopify for row in rows),
        platform=summed(row.platform for row in rows if row.tiktok),
    )
