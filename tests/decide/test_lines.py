"""Grouping TikTok's units into Shopify's quantities, as properties."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.facts import Stop
from syncd.decide.lines import Share, parcels, shares
from syncd.model.cases import CaseLine
from syncd.model.money import Money
from syncd.model.orders import Fulfillment, FulfillmentLine, Order, OrderLine, TikTokLine
from syncd.model.reasons import Reason
from tests.decide.examples import CASE, MUG, ORDER, SHIRTS, TIKTOK_ORDER, WAREHOUSE, our_return, unit, usd

SKUS = ("A", "B", "C")


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Orders with some lines of a few SKUs, wholly shipped, one price for each SKU."""
    skus = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=5))
    lines = []
    for number, sku in enumerate(skus):
        quantity = draw(st.integers(1, 4))
        refundable = draw(st.integers(0, quantity))
        price = usd(str(10 + SKUS.index(sku)))
        lines.append(OrderLine(f"L{number}", sku, sku, quantity, refundable, unfulfilled=0, unit_price=price))
    shipped = tuple(FulfillmentLine(f"F{line.id}", line.id, line.quantity) for line in lines)
    return replace(ORDER, lines=tuple(lines), shipments=(Fulfillment("F", WAREHOUSE, shipped),))


units = st.lists(st.sampled_from(SKUS), min_size=1, max_size=8).map(
    lambda skus: tuple(CaseLine(f"R{n}", f"T{n}", sku) for n, sku in enumerate(skus))
)


@given(orders(), units)
def test_units_are_grouped_whole_or_held(order: Order, case_units: tuple[CaseLine, ...]) -> None:
    """Every unit finds a refundable one of its SKU, none is taken twice; else the case is held."""
    asked = Counter(unit.sku for unit in case_units)
    there = Counter({sku: sum(x.refundable for x in order.lines if x.sku == sku) for sku in SKUS})
    if asked - there:
        with pytest.raises(Stop) as stop:
            shares(case_units, order, {})
        assert stop.value.plan.reason in {Reason.UNITS_GONE, Reason.LINE_NOT_FOUND}
        return
    found = shares(case_units, order, {})
    assert asked == sum((Counter({x.line.sku: x.quantity}) for x in found), Counter())
    assert all(0 < share.quantity <= share.line.refundable for share in found)


@given(orders(), units, st.randoms(use_true_random=False))
def test_the_order_of_the_units_does_not_matter(
    order: Order, case_units: tuple[CaseLine, ...], random: object
) -> None:
    """The same case gives the same lines, so that a second look decides the same."""
    mixed = list(case_units)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    def outcome(some: tuple[CaseLine, ...]) -> object:
        try:
            return shares(some, order, {})
        except Stop as stop:
            return stop.plan.reason

    assert outcome(case_units) == outcome(tuple(mixed))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.data())
def test_parcels_hold_exactly_the_units(quantities: list[int], data: st.DataObject) -> None:
    """However the line was split into shipments, no shipment gives more than it had."""
    total = sum(quantities)
    wanted = data.draw(st.integers(1, total))
    line = replace(SHIRTS, quantity=total, refundable=total)
    shipments = tuple(
        Fulfillment(f"F{n}", WAREHOUSE, (FulfillmentLine(f"FL{n}", "L1", quantity),))
        for n, quantity in enumerate(quantities)
    )
    case_units = tuple(CaseLine(f"R{n}", f"T{n}", "SHIRT") for n in range(wanted))
    order = replace(ORDER, lines=(line,), shipments=shipments)

    found = parcels(shares(case_units, order, {}), order, CASE)

    assert wanted == sum(parcel.quantity for parcel in found)
    assert all(parcel.quantity <= parcel.fulfillment_line.quantity for parcel in found)


@pytest.mark.parametrize("quantities", [(2,), (1, 1)])
def test_a_shipment_that_others_returned_whole_gives_nothing(quantities: tuple[int, ...]) -> None:
    """The units come of the next shipment, and no parcel is empty."""
    line = replace(SHIRTS, quantity=3, refundable=3)
    shipments = (
        Fulfillment("F1", WAREHOUSE, (FulfillmentLine("gid://shopify/FulfillmentLineItem/1", "L1", 2),)),
        Fulfillment("F2", WAREHOUSE, (FulfillmentLine("FL2", "L1", 1),)),
    )
    others = tuple(our_return(note="", quantity=quantity) for quantity in quantities)
    order = replace(ORDER, lines=(line,), shipments=shipments, returns=others)

    found = parcels((Share(line, 1),), order, CASE)

    assert [("FL2", 1)] == [(parcel.fulfillment_line.id, parcel.quantity) for parcel in found]


GIFT = replace(SHIRTS, id="L0", quantity=1, refundable=1, unit_price=usd("0"))


@pytest.mark.parametrize(("price", "line"), [("0", "L0"), ("18.00", "L1")])
def test_a_gift_is_told_from_the_unit_that_was_paid_for(price: str, line: str) -> None:
    """Buy one, get one free: both are the same SKU."""
    order = replace(ORDER, lines=(GIFT, SHIRTS))
    sold = replace(TIKTOK_ORDER, lines=(TikTokLine("T1", "SHIRT", usd(price)),))

    assert [line] == [share.line.id for share in shares((unit(1),), order, {}, sold)]


@pytest.mark.parametrize("price", [usd("20.00"), None])
def test_unlike_prices_are_ambiguous(price: Money | None) -> None:
    """Also where one of them is the unit's own: a person decides which line it is."""
    order = replace(ORDER, lines=(replace(GIFT, unit_price=usd("18.00" if price else "0")), SHIRTS))
    sold = replace(TIKTOK_ORDER, lines=(TikTokLine("T1", "SHIRT", price),))

    with pytest.raises(Stop) as stop:
        shares((unit(1),), order, {}, sold)
    assert Reason.LINE_AMBIGUOUS is stop.value.plan.reason


def test_a_gift_that_shopify_has_at_a_price_is_still_found() -> None:
    """There is no other line that it can be."""
    sold = replace(TIKTOK_ORDER, lines=(TikTokLine("T1", "SHIRT", usd("0")),))

    assert ["L1"] == [share.line.id for share in shares((unit(1),), ORDER, {}, sold)]


SET = CaseLine("R1", "T1", "SET", parts=("SHIRT", "MUG"))
OF_ORDER = replace(TIKTOK_ORDER, lines=(TikTokLine("T1", "SET", None, parts=("SHIRT", "SHIRT", "MUG")),))


def test_a_bundle_takes_a_unit_of_each_part() -> None:
    """Shopify has it as one line a part, TikTok as one unit."""
    found = shares((SET,), ORDER, {})
    by_order = shares((replace(SET, parts=()),), ORDER, {}, OF_ORDER)

    assert [("L1", 1), ("L2", 1)] == [(share.line.id, share.quantity) for share in found]
    assert [("L1", 2), ("L2", 1)] == [(share.line.id, share.quantity) for share in by_order]


def test_a_bundle_that_shopify_has_as_one_line_is_one_unit() -> None:
    """By its own SKU, also through the map of SKUs."""
    order = replace(ORDER, lines=(replace(MUG, sku="GIFT-SET"),))

    assert [("L2", 1)] == [(x.line.id, x.quantity) for x in shares((SET,), order, {"SET": "GIFT-SET"})]


def test_parts_are_found_through_the_map_of_skus() -> None:
    """They are called otherwise in Shopify."""
    case = replace(SET, parts=("TOP",))

    assert ["L1"] == [share.line.id for share in shares((case,), ORDER, {"TOP": "SHIRT"})]


@pytest.mark.parametrize("part", ["HAT", ""])
def test_a_part_that_is_not_on_the_order_is_a_hold(part: str) -> None:
    """That names the part and its bundle."""
    with pytest.raises(Stop) as stop:
        shares((replace(SET, parts=("SHIRT", part)),), ORDER, {})

    plan = stop.value.plan
    assert (Reason.LINE_NOT_FOUND, f"SKU {part!r} of the bundle 'SET'") == (plan.reason, plan.detail)
