"""Returns for information, end to end: their reasons, their parcels, and all the ways out of them."""

from collections.abc import Callable

import pytest

from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.model.plans import ActionKind
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import json_reply
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify import parcels, returns
from syncd.sandbox.shopify.return_records import Return
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.service.decisions import Asked, Command, decide
from tests.sync.world import MINUTES, World, open_to_write

ANNOUNCE = "reverseDeliveryCreateWithShipping"
DAMAGED = "ecom_order_delivered_refund_and_return_reason_damaged"
NUMBER = "940010000000"


class Buyer:
    """One unit that a buyer sends back."""

    def __init__(self, world: World, **details: str) -> None:
        self.world = world
        self.sold: Sold = world.pair.sell({"SHIRT": "20.00"})
        self.case: SandboxReturn = world.pair.tiktok.add_return(self.sold.tiktok, **details)  # type: ignore[arg-type]

    async def is_told(self, status: ReturnStatus, **changes: object) -> None:
        """TikTok moves the case on, and what follows from it is done."""
        self.world.clock.advance(1 * MINUTES)
        self.world.pair.tiktok.advance(self.case, status, **changes)  # type: ignore[arg-type]
        await self.world.until_quiet()

    async def approved(self) -> None:
        """The return is to be seen in Shopify."""
        await self.is_told(ReturnStatus.AWAITING_BUYER_SHIP)

    async def sends(self) -> None:
        """The parcel is on its way."""
        await self.is_told(ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number=NUMBER)

    @property
    def states(self) -> list[str]:
        """Of all returns on the order."""
        return [return_.status for return_ in self.sold.shopify.returns]

    @property
    def numbers(self) -> list[str | None]:
        """What is told of parcels on them."""
        orders = (back for one in self.sold.shopify.returns for back in one.reverse_fulfillment_orders)
        parcels = (parcel.deliverable.tracking for order in orders for parcel in order.reverse_deliveries)
        return [tracking.number if tracking else None for tracking in parcels]

    @property
    def refunded(self) -> list[int]:
        """The refunds on the order."""
        return [refund.total_refunded for refund in self.sold.shopify.refunds]

    def outcome(self) -> tuple[State, str | None]:
        """Where the case stands."""
        [case] = self.world.cases()
        return case.state, case.reason


def refuse(world: World, text: str = "Tracking number is invalid", times: int = 9) -> None:
    """Shopify does not take tracking numbers."""
    payload = {"reverseDelivery": None, "userErrors": [{"field": None, "message": text, "code": "INVALID"}]}
    reply = json_reply({"data": {ANNOUNCE: payload}})
    world.faults.add(Fault(FaultKind.REPLY, ANNOUNCE, reply=reply, times=times))


# Reasons


@pytest.mark.parametrize(
    ("lacking", "handle"),
    [
        ((), "damaged-or-defective"),
        (("damaged-or-defective",), "other-reason"),
        (("damaged-or-defective", "other-reason"), "unknown"),
    ],
)
async def test_a_return_has_tiktoks_reason(world: World, lacking: tuple[str, ...], handle: str) -> None:
    """By its code, as far as the shop knows it; the note has the text, the return the buyer's time."""
    world.pair.shopify.world.reasons[:] = [
        one for one in world.pair.shopify.world.reasons if one.handle not in lacking
    ]
    buyer = Buyer(world, reason=DAMAGED, reason_text="Came in pieces")

    await buyer.approved()

    [return_] = buyer.sold.shopify.returns
    [line] = return_.return_line_items
    assert line.return_reason_definition is not None
    assert handle == line.return_reason_definition.handle
    assert line.return_reason_note.endswith("(syncd): Came in pieces")
    assert return_.request_approved_at >= buyer.case.created_at


async def test_a_shop_without_any_reason_holds_the_return_until_it_has_one(world: World) -> None:
    """The reasons are read again then."""
    reasons = world.pair.shopify.world.reasons
    kept, reasons[:] = reasons[:], []
    buyer = Buyer(world)
    await buyer.approved()
    assert (State.HELD, Reason.NO_RETURN_REASON) == buyer.outcome()
    reasons[:] = kept

    world.clock.advance(7 * 60 * MINUTES)
    await world.until_quiet()

    assert (["OPEN"], (State.TRACKING, None)) == (buyer.states, buyer.outcome())


# Parcels


async def test_the_parcel_is_shown_on_the_return(world: World) -> None:
    """Once; a quiet cycle asks Shopify for nothing, and a number that TikTok changes is not shown."""
    buyer = Buyer(world)
    await buyer.approved()
    await buyer.sends()
    assert [NUMBER] == buyer.numbers
    calls = len(world.pair.shopify.calls)

    await world.until_quiet()
    await buyer.is_told(ReturnStatus.SUCCESS, tracking_number="95002")

    assert ([NUMBER], calls) == (buyer.numbers, len(world.pair.shopify.calls))


async def test_a_parcel_that_was_on_its_way_before_the_return_was_seen(world: World) -> None:
    """Both are shown at once."""
    buyer = Buyer(world)
    await buyer.sends()

    assert (["OPEN"], [NUMBER]) == (buyer.states, buyer.numbers)


async def test_a_lost_store_shows_no_parcel_twice(world: World) -> None:
    """What is on the return is seen there."""
    buyer = Buyer(world)
    await buyer.sends()

    await world.until_quiet("other.db")

    assert [NUMBER] == buyer.numbers


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200])
@pytest.mark.parametrize("when", When)
async def test_a_parcel_is_shown_once_whatever_becomes_of_the_answer(
    world: World, kind: FaultKind, when: When
) -> None:
    """Twice in doubt, and then the money comes as always."""
    buyer = Buyer(world)
    for _ in range(2):
        world.faults.add(Fault(kind, ANNOUNCE, when, seconds=4))

    await buyer.sends()
    world.pair.shopify_server.front.settle()

    assert [NUMBER] == buyer.numbers
    await buyer.is_told(ReturnStatus.COMPLETE)
    assert ([2000], ["CLOSED"]) == (buyer.refunded, buyer.states)


async def test_a_refused_number_is_not_tried_again_and_holds_nobody_up(world: World) -> None:
    """It was for information only; the history has Shopify's words."""
    buyer = Buyer(world)
    refuse(world)

    await buyer.sends()
    await buyer.is_told(ReturnStatus.SUCCESS, tracking_number="95002")

    assert (State.TRACKING, None) == buyer.outcome()
    store = open_to_write(world.folder / "syncd.db")
    history = store.cases.history("us", buyer.case.return_id)
    store.close()
    told = [line for line in history if line.detail.get("action") == ActionKind.ADD_TRACKING]
    assert ["intended", "sending", "rejected"] == [line.event for line in told]
    assert "Tracking number is invalid" in str(told[-1].detail["why"])
    world.faults.clear()
    await buyer.is_told(ReturnStatus.COMPLETE)
    assert ([2000], [], ["CLOSED"]) == (buyer.refunded, buyer.numbers, buyer.states)


async def test_once_paid_back_no_parcel_is_shown_any_more(world: World) -> None:
    """Shopify was not to be reached while it was on its way."""
    buyer = Buyer(world)
    await buyer.approved()
    world.clock.advance(1 * MINUTES)
    world.pair.tiktok.advance(buyer.case, ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number=NUMBER)

    await buyer.is_told(ReturnStatus.COMPLETE)

    assert ([2000], []) == (buyer.refunded, buyer.numbers)


async def test_a_parcel_that_staff_announced_stays_the_only_one(world: World) -> None:
    """Their number may well be the better one."""
    buyer = Buyer(world)
    await buyer.approved()
    by_hand = {"reverseDeliveryLineItems": [], "trackingInput": {"number": "by hand"}}
    reverse_order = only_return(buyer).reverse_fulfillment_orders[0].id
    parcels.create(world.pair.shopify.world, {"reverseFulfillmentOrderId": reverse_order, **by_hand})

    await buyer.sends()

    assert (["by hand"], (State.TRACKING, None)) == (buyer.numbers, buyer.outcome())


async def test_a_reopened_return_shows_its_new_parcel(world: World) -> None:
    """The cancelled one keeps the old one."""
    buyer = Buyer(world)
    await buyer.sends()
    await buyer.is_told(ReturnStatus.REJECTED)
    await buyer.is_told(ReturnStatus.AWAITING_BUYER_SHIP, tracking_number="")
    await buyer.is_told(ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number="95002")

    assert (["CANCELED", "OPEN"], [NUMBER, "95002"]) == (buyer.states, buyer.numbers)


# Ways out: no order stays "return in progress" without cause


def archived(_world: World, buyer: Buyer) -> None:
    """Staff archive the order."""
    buyer.sold.shopify.closed_at = buyer.world.clock.now()
    buyer.world.pair.shopify.world.changed(buyer.sold.shopify)


def import_off(world: World, _buyer: Buyer) -> None:
    """Returns are not to be shown any more."""
    world.import_returns = False


def nothing(_world: World, _buyer: Buyer) -> None:
    """All is as it was."""


@pytest.mark.parametrize("meanwhile", [nothing, archived, import_off])
@pytest.mark.parametrize(
    ("status", "state"),
    [
        (ReturnStatus.CANCELLED, "CANCELED"),
        (ReturnStatus.REJECTED, "CANCELED"),
        (ReturnStatus.COMPLETE, "CLOSED"),
    ],
)
async def test_whatever_happens_meanwhile_an_open_return_comes_to_its_end(
    world: World, meanwhile: Callable[[World, Buyer], None], status: ReturnStatus, state: str
) -> None:
    """Withdrawn, rejected, or paid back."""
    buyer = Buyer(world)
    await buyer.sends()
    meanwhile(world, buyer)

    await buyer.is_told(status)

    assert [state] == buyer.states
    assert [2000] * (status is ReturnStatus.COMPLETE) == buyer.refunded


async def test_a_parcel_that_the_seller_refused_keeps_its_return_open(world: World) -> None:
    """Money may still come of it."""
    buyer = Buyer(world)
    await buyer.sends()
    await buyer.is_told(ReturnStatus.PARCEL_REJECTED)
    assert ["OPEN"] == buyer.states

    await buyer.is_told(ReturnStatus.COMPLETE)

    assert (["CLOSED"], [2000]) == (buyer.states, buyer.refunded)


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        (ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_COMPLETE),
        (ReturnType.EXCHANGE, ReturnStatus.EXCHANGE_COMPLETE),
    ],
)
async def test_a_shown_return_that_ends_as_a_replacement_is_a_persons_to_close(
    world: World, type_: ReturnType, status: ReturnStatus
) -> None:
    """The units may have come back; it is held until somebody closed the return."""
    buyer = Buyer(world)
    await buyer.sends()
    await buyer.is_told(status, type=type_)
    assert (State.HELD, Reason.RETURN_WITHOUT_MONEY) == buyer.outcome()
    returns.close(world.pair.shopify.world, only_return(buyer))
    retry(world, buyer)
    await world.until_quiet()

    assert (State.SKIPPED, Reason.NO_MONEY) == buyer.outcome()
    assert (["CLOSED"], []) == (buyer.states, buyer.refunded)


def only_return(buyer: Buyer) -> Return:
    """Ours."""
    [return_] = buyer.sold.shopify.returns
    return return_


def retry(world: World, buyer: Buyer) -> None:
    """A person has it decided again."""
    store = open_to_write(world.folder / "syncd.db")
    [case] = world.cases()
    decide(store, case, Asked(Command.RETRY, "kim"), world.clock.now())
    store.close()
    assert case.case_id == buyer.case.return_id


async def test_a_type_change_with_a_parcel_goes_on_once_a_person_cancelled_the_return(world: World) -> None:
    """The hold says so."""
    buyer = Buyer(world)
    await buyer.sends()
    await buyer.is_told(ReturnStatus.COMPLETE, type=ReturnType.REFUND)
    assert (State.HELD, Reason.TYPE_CHANGED) == buyer.outcome()
    returns.cancel(world.pair.shopify.world, only_return(buyer))

    retry(world, buyer)
    await world.until_quiet()

    assert ((State.SYNCED, None), ["CANCELED"], [2000]) == (buyer.outcome(), buyer.states, buyer.refunded)


async def test_a_dismissed_case_leaves_its_return_to_the_person(world: World) -> None:
    """Never written means that it is not touched either."""
    buyer = Buyer(world)
    await buyer.sends()
    store = open_to_write(world.folder / "syncd.db")
    [case] = world.cases()
    decide(store, case, Asked(Command.DISMISS, "kim", "by hand"), world.clock.now())
    store.close()

    await buyer.is_told(ReturnStatus.CANCELLED)

    assert ((State.DISMISSED, Reason.DISMISSED), ["OPEN"]) == (buyer.outcome(), buyer.states)


async def test_an_edited_request_waits_for_the_return_of_the_one_before(world: World) -> None:
    """TikTok may tell of the new one before it says that the old one is cancelled."""
    buyer = Buyer(world)
    await buyer.approved()
    old = buyer.case
    world.clock.advance(1 * MINUTES)
    buyer.case = world.pair.tiktok.add_return(
        buyer.sold.tiktok, status=ReturnStatus.AWAITING_BUYER_SHIP, previous_id=old.return_id
    )
    await world.cycle()
    found = {case.case_id: (case.state, case.reason) for case in world.cases()}
    assert (State.DUE, Reason.UNITS_ON_RETURN) == found[buyer.case.return_id]
    assert ["OPEN"] == buyer.states
    world.clock.advance(1 * MINUTES)
    world.pair.tiktok.advance(old, ReturnStatus.CANCELLED, next_id=buyer.case.return_id)

    await world.until_quiet()

    assert ["CANCELED", "OPEN"] == buyer.states


async def test_a_second_request_for_the_same_unit_is_held_for_the_return_that_has_it(world: World) -> None:
    """Until that return is gone."""
    buyer = Buyer(world)
    await buyer.approved()
    world.clock.advance(1 * MINUTES)
    second = world.pair.tiktok.add_return(buyer.sold.tiktok, status=ReturnStatus.AWAITING_BUYER_SHIP)
    await world.until_quiet()
    [held] = [case for case in world.cases() if case.case_id == second.return_id]
    assert (State.HELD, Reason.UNITS_ON_RETURN) == (held.state, held.reason)
    assert buyer.sold.shopify.returns[0].name in held.detail
    await buyer.is_told(ReturnStatus.CANCELLED)
    world.clock.advance(7 * 60 * MINUTES)

    await world.until_quiet()

    assert ["CANCELED", "OPEN"] == buyer.states
