"""What the rows of a report add up to."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.cases import CaseLine, Kind
from syncd.model.money import Money
from syncd.model.orders import Refund
from syncd.report.rows import AGREES, CaseRow, Reconciliation, Result
from syncd.report.totals import by_currency, by_reason, by_result, by_sku, platform_part, restock_waiting
from tests.decide.examples import a_case
from tests.report.examples import row, usd


def test_both_sides_are_added_up_by_currency() -> None:
    """What is not to be in Shopify is no difference; what TikTok had paid before is in neither sum."""
    discounts = {"product_platform_discount": usd("3.00"), "product_seller_discount": usd("9.00")}
    [(currency, total)] = by_currency(
        [
            row("10.00", "10.00", discounts=discounts),
            row("5.00", None, Result.MISSING),
            row("7.00", None, Result.LEFT_OUT),
            row(None, "1.00", Result.NOT_PAID_BACK),
        ]
    ).items()
    assert currency == "USD"
    assert (total.cases, total.tiktok, total.left_out) == (4, usd("22.00"), usd("7.00"))
    assert (total.shopify, total.difference, total.platform) == (usd("11.00"), usd("-4.00"), usd("3.00"))


def test_currencies_are_never_mixed() -> None:
    """A case with another currency on either side is in both groups, with its own amount in each."""
    mixed = replace(row("10.00", None), refunds=(refund(Money(500, "EUR")),))
    found = by_currency([mixed])
    assert {name: (one.tiktok.minor, one.shopify.minor) for name, one in found.items()} == {
        "USD": (1000, 0),
        "EUR": (0, 500),
    }


def refund(moved: Money) -> Refund:
    return Refund("gid://shopify/Refund/1", None, "", None, moved, pending=False, lines=())


def test_reasons_come_with_the_greatest_first() -> None:
    """By what TikTok paid back."""
    rows = [row("1.00", "1.00", reason="small"), row("5.00", "5.00", reason="big"), row("1.00", "1.00")]
    assert [(key, one.cases) for key, one in by_reason(rows).items()] == [
        (("USD", "big"), 1),
        (("USD", "no reason given"), 1),
        (("USD", "small"), 1),
    ]


def test_units_are_counted_by_sku() -> None:
    """Every unit counts; its money only where TikTok tells it."""
    lines = (CaseLine("1", "1", "A", usd("4.00")), CaseLine("2", "2", "A"), CaseLine("3", "3", ""))
    found = by_sku([row("9.00", "9.00", lines=lines), row(None, None, lines=lines)])
    assert {sku: (one.units, str(one.tiktok)) for (_, sku), one in found.items()} == {
        "A": (2, "4.00 USD"),
        "no SKU": (1, "0.00 USD"),
    }


def test_only_what_tiktok_paid_is_the_platforms_part() -> None:
    """Goods and shipping together; nothing where there was no such discount."""
    both = {"product_platform_discount": usd("3.00"), "shipping_fee_platform_discount": usd("1.50")}
    assert platform_part(both) == usd("4.50")
    assert platform_part({"product_seller_discount": usd("3.00")}) is None


def test_results_are_counted_in_their_order() -> None:
    """Without those that did not come up."""
    rows = [row("1.00", "1.00", Result.DOUBLED), row("1.00", "1.00"), row("1.00", "1.00")]
    assert list(by_result(rows).items()) == [(Result.MATCHED, 2), (Result.DOUBLED, 1)]


def test_units_that_wait_are_listed() -> None:
    """Whatever their money is like."""
    waiting = replace(row("1.00", "1.00"), restock_waiting=True)
    assert restock_waiting([waiting, row("1.00", "1.00")]) == [waiting]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(Result))))
def test_nothing_is_lost_in_the_sums(cases: list[tuple[int, int, Result]]) -> None:
    """Reasons, results and currencies each have all of it, and the difference is that of the rows."""
    rows = [
        row(Money(tiktok, "USD").amount, Money(shopify, "USD").amount, result, reason=f"r{tiktok % 3}")
        for tiktok, shopify, result in cases
    ]
    total = by_currency(rows).get("USD")
    assert (total.tiktok.minor if total else 0) == sum(tiktok for tiktok, _, _ in cases)
    assert (total.shopify.minor if total else 0) == sum(shopify for _, shopify, _ in cases)
    assert sum(one.difference.minor for one in by_reason(rows).values()) == sum(
        shopify - (0 if result in AGREES and not shopify else tiktok) for tiktok, shopify, result in cases
    )
    assert sum(by_result(rows).values()) == len(cases)


def test_the_worst_differences_come_first() -> None:
    """And only those that are some."""
    [*rows] = (row("1.00", "1.00", result) for result in Result)
    now = a_case().first_seen
    found = Reconciliation("us", now, now, rows).differences
    assert found[0].result is Result.DOUBLED
    assert {one.result for one in found} == set(Result) - AGREES


def test_amounts_are_those_that_were_paid() -> None:
    """TikTok's amount counts once it has paid; Shopify's is the sum of all refunds of the case."""
    twice = replace(row("5.00", "5.00"), refunds=(refund(usd("5.00")), refund(usd("5.00"))))
    assert (twice.tiktok, twice.shopify) == (usd("5.00"), usd("10.00"))
    assert row(None, None).tiktok is None
    assert CaseRow("us", "1", Kind.RETURN, None, None, Result.NOT_PAID_BACK).tiktok is None
