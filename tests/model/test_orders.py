"""Orders."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syncd.model.money import Money
from syncd.model.orders import Disposition, Location, Order, OrderLine, ReverseLine, TikTokLine, TikTokOrder

AT = datetime(2026, 11, 2, tzinfo=UTC)
ZERO = Money(0, "USD")
LINE = OrderLine("line", "A", "Shirt", quantity=5, refundable=4, unfulfilled=1, unit_price=Money(2000, "USD"))
ORDER = Order(
    id="order",
    name="#1",
    currency="USD",
    created_at=AT,
    archived=False,
    net_payment=ZERO,
    shipping_left=ZERO,
    lines=(LINE,),
    shipments=(),
    transactions=(),
    refunds=(),
    returns=(),
    claim=None,
)


def test_lines() -> None:
    """A line is found by its id; one that is not there is an error in Shopify's order, None in TikTok's."""
    assert ORDER.line("line") is LINE
    with pytest.raises(KeyError, match="other"):
        ORDER.line("other")
    sold = TikTokLine("1", "A", None)
    order = TikTokOrder("88", "DELIVERED", AT, (sold,))
    assert (order.line("1"), order.line("2")) == (sold, None)


@pytest.mark.parametrize(("refundable", "unfulfilled", "returnable"), [(4, 1, 3), (4, 4, 0), (1, 3, 0)])
def test_returnable(refundable: int, unfulfilled: int, returnable: int) -> None:
    """Only units that were shipped can come back, and never less than none."""
    line = replace(LINE, refundable=refundable, unfulfilled=unfulfilled)
    assert line.returnable == returnable


@pytest.mark.parametrize("unfulfilled", [0, 1])
def test_unfulfilled(unfulfilled: int) -> None:
    """An order waits to be shipped as long as any of its units does."""
    order = replace(ORDER, lines=(replace(LINE, unfulfilled=0), replace(LINE, unfulfilled=unfulfilled)))
    assert order.unfulfilled == bool(unfulfilled)


@pytest.mark.parametrize(
    ("active", "service", "usable"),
    [(True, False, True), (False, False, False), (True, True, False), (False, True, False)],
)
def test_usable(active: bool, service: bool, usable: bool) -> None:
    """Units go back only to an active place of the merchant's own."""
    assert Location("place", "Shop", active, service).usable == usable


def test_undisposed() -> None:
    """The units about which nothing was decided are those that no disposition counts."""
    decided = (Disposition("RESTOCKED", 2, None), Disposition("NOT_RESTOCKED", 1, None))
    assert ReverseLine("reverse", "fulfilled", 5, decided).undisposed == 2


def test_shipments_that_were_not_read_are_not_taken_for_none() -> None:
    """Whoever asks for them is told, so that nothing is decided on what nobody has seen."""
    unread = replace(ORDER, shipments=None)
    with pytest.raises(LookupError, match="#1"):
        unread.fulfillments  # noqa: B018 - reading it is what is tested
