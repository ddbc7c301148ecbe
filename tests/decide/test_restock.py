"""Where units go back to."""

from dataclasses import replace

import pytest

from syncd.model.cases import (
    Restock,
)
from syncd.model.orders import (
    Location,
)
from syncd.model.plans import (
    CreateRefund,
    ProcessReturn,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    MUG,
    NO_IMPORT_RESTOCK,
    ORDER,
    PARCEL,
    RESTOCK,
    SHIRTS,
    WAREHOUSE,
    decided,
    returned,
)

ELSEWHERE = Location("gid://shopify/Location/8", "Store", active=True, fulfillment_service=False)
CLOSED_DOWN = Location("gid://shopify/Location/9", "Old", active=False, fulfillment_service=False)
SERVICE = Location("gid://shopify/Location/10", "3PL", active=True, fulfillment_service=True)


@pytest.mark.parametrize("policy", [RESTOCK, NO_IMPORT_RESTOCK])
@pytest.mark.parametrize("place", [CLOSED_DOWN, SERVICE, None])
def test_a_place_that_takes_nothing_back_is_held(policy: object, place: Location | None) -> None:
    """Only active places of the merchant's own take units back."""
    order = replace(ORDER, shipments=(replace(PARCEL, location=place),))

    assert Reason.LOCATION_UNKNOWN == decided(returned(), order, policy).reason  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", [RESTOCK, NO_IMPORT_RESTOCK])
@pytest.mark.parametrize("word", ["Store", ELSEWHERE.id, "8"])
def test_the_configured_location_comes_first(policy: object, word: str) -> None:
    """By name, by id, or by the number in the id."""
    configured = replace(policy, location=word)  # type: ignore[type-var]

    plan = decided(returned(), policy=configured, locations=(WAREHOUSE, ELSEWHERE))  # type: ignore[arg-type]

    places = {
        u.location for a in plan.actions if isinstance(a, CreateRefund | ProcessReturn) for u in a.units
    }
    assert {ELSEWHERE} == places


@pytest.mark.parametrize(
    ("locations", "reason"),
    [
        ((WAREHOUSE,), Reason.LOCATION_UNKNOWN),
        ((ELSEWHERE, replace(ELSEWHERE, id="x/11")), Reason.LOCATION_AMBIGUOUS),
        ((replace(ELSEWHERE, active=False),), Reason.LOCATION_UNKNOWN),
    ],
)
def test_a_configured_location_that_cannot_be_used_is_held(
    locations: tuple[Location, ...], reason: Reason
) -> None:
    """A misspelt, doubled or inactive name does not fall back to a guess."""
    policy = replace(RESTOCK, location="Store")

    assert reason == decided(returned(), policy=policy, locations=locations).reason


def test_units_shipped_from_several_places_are_held_without_a_configured_one() -> None:
    """A plain refund cannot tell which parcel came back."""
    order = replace(ORDER, shipments=(PARCEL, replace(PARCEL, id="F2", location=ELSEWHERE)))

    assert Reason.LOCATION_AMBIGUOUS == decided(returned(), order, NO_IMPORT_RESTOCK).reason


def test_only_the_parcels_of_a_line_tell_where_it_was_shipped_from() -> None:
    """The rest of the order may have come from another place."""
    shirts, mug = PARCEL.lines
    parcels = (replace(PARCEL, lines=(shirts,)), replace(PARCEL, id="F2", location=ELSEWHERE, lines=(mug,)))

    plan = decided(returned(), replace(ORDER, shipments=parcels), NO_IMPORT_RESTOCK)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [("SHIRT", WAREHOUSE, True)] == [(u.sku, u.location, u.restock) for u in plan.actions[0].units]
    assert Restock.DONE == plan.restock


def test_gift_cards_and_custom_lines_are_never_restocked() -> None:
    """There is no stock to put them into."""
    for line in (replace(SHIRTS, gift_card=True), replace(SHIRTS, custom=True)):
        assert Restock.WAITING == decided(returned(), replace(ORDER, lines=(line, MUG)), RESTOCK).restock


def test_without_tiktoks_order_nothing_is_restocked() -> None:
    """Who fulfilled it is not known, so staff decide."""
    assert Restock.WAITING == decided(returned(), policy=RESTOCK, tiktok_order=None).restock


def test_a_tracking_number_proves_the_parcel_too() -> None:
    """The state BUYER_SHIPPED_ITEM may pass between two polls."""
    case = replace(returned(tracking_number="1Z"), parcel_seen=False)

    assert Restock.DONE == decided(case, policy=RESTOCK).restock
