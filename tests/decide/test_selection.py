"""How much of an order is read: what a decision needs, and no more. `decided` asserts that it is enough."""

from dataclasses import replace

import pytest

from syncd.decide.selection import selection
from syncd.model.cases import Case, Path, ReturnStatus, ReturnType
from syncd.model.orders import Selection, TikTokLine
from tests.decide.examples import TIKTOK_ORDER, a_cancellation, a_case, returned, unit

SHOWN = replace(returned(), return_ids=("gid://shopify/Return/1",))


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        (a_case(), Selection(3, shipped=False, returned=1, parcels=False, cancelling=False)),
        (returned(), Selection(3, returned=1, parcels=False, cancelling=False)),
        (replace(a_case(), path=Path.RETURN), Selection(3, returned=1, parcels=False, cancelling=False)),
        (a_cancellation(), Selection(3, returned=1, parcels=False)),
        (SHOWN, Selection(3, shown=True, returned=1, parcels=False, cancelling=False)),
    ],
)
def test_a_case_asks_for_what_it_is_about(case: Case, wanted: Selection) -> None:
    """Shipments where goods may come back, notes where orders are cancelled, the return that was shown."""
    assert wanted == selection(case, TIKTOK_ORDER, restocked=False)


def test_what_was_restocked_is_told_by_its_place() -> None:
    """A case whose refund put units back needs the shipments, whatever TikTok calls it by now."""
    assert selection(a_case(), TIKTOK_ORDER, restocked=True).shipped


def test_parcels_are_read_until_the_number_is_shown() -> None:
    """Also after TikTok paid back: the request that shows it may be on its way yet."""
    case = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number="1Z0001")
    shown = replace(case, return_ids=("R",), tracked_return_id="R")
    assert selection(case, None, restocked=False).parcels
    assert not selection(shown, None, restocked=False).parcels


@pytest.mark.parametrize(
    ("skus", "page"), [(1, 1), (2, 3), (4, 5), (11, 20), (50, 50), (51, 250), (999, 250)]
)
def test_pages_are_as_large_as_the_order_on_tiktok(skus: int, page: int) -> None:
    """One line for each SKU, rounded up to what costs the same."""
    lines = tuple(TikTokLine(f"T{n}", f"SKU-{n % skus}", None) for n in range(2 * skus))
    found = selection(a_case(lines=(unit(1), unit(2))), replace(TIKTOK_ORDER, lines=lines), restocked=False)
    assert (found.lines, found.returned) == (page, 3)


def test_a_bundle_has_a_line_for_each_part() -> None:
    """Connectors import its parts; of an order that is not known, few lines are expected."""
    bundle = replace(TIKTOK_ORDER, lines=(TikTokLine("T1", "BOX", None, parts=("CUP", "TEA", "CUP", "BAG")),))
    assert selection(a_case(), bundle, restocked=False).lines == 3
    assert selection(a_case(), None, restocked=False).lines == 5
