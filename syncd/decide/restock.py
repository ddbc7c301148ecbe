"""Whether returned units go back into stock, and where."""

from collections.abc import Mapping

from syncd.decide.facts import Facts, stop_hold
from syncd.model.cases import Case
from syncd.model.orders import Fulfillment, Location, OrderLine
from syncd.model.plans import DispositionType
from syncd.model.policy import Policy
from syncd.model.reasons import Reason


def disposition(facts: Facts, line: OrderLine, policy: Policy) -> DispositionType | None:
    """What to do with returned units of that line; None leaves it to staff, who inspect them."""
    if facts.tiktok_order and facts.tiktok_order.fulfilled_by_tiktok:
        return DispositionType.NOT_RESTOCKED
    if facts.tiktok_order and wanted(facts.case, line, policy) and proven(facts.case):
        return DispositionType.RESTOCKED
    return None


def wanted(case: Case, line: OrderLine, policy: Policy) -> bool:
    """Whether the merchant wants units of that line put back by us."""
    return (
        policy.auto_restock
        and case.latest.reason not in policy.exclude_reasons
        and line.sku not in policy.exclude_skus
        and not line.gift_card
        and not line.custom
    )


def proven(case: Case) -> bool:
    """Whether the parcel was seen on its way back; quick refunds and kept items prove nothing."""
    return on_its_way(case) and not case.latest.quick_refund and not case.latest.buyer_keeps_item


def on_its_way(case: Case) -> bool:
    """Whether anything told of a parcel."""
    return case.parcel_seen or bool(case.latest.tracking_number)


def return_location(facts: Facts, fulfillment: Fulfillment, policy: Policy) -> Location:
    """Where returned units of that shipment go: the configured location, else where they came from."""
    return _configured(facts, policy) or _usable(
        fulfillment.location, "the units were shipped from nowhere known"
    )


def line_location(facts: Facts, line: OrderLine, policy: Policy) -> Location:
    """Where returned units of that line go if nobody knows the shipment: all of them must agree."""
    configured = _configured(facts, policy)
    if configured:
        return configured
    order = facts.order
    places: Mapping[str, Location] = {
        f.location.id: f.location
        for f in (order.fulfillments if order else ())
        if f.location and any(shipped.line_id == line.id for shipped in f.lines)
    }
    return _only(places, line)


def reserved_location(facts: Facts, line: OrderLine, policy: Policy) -> Location:
    """Where unshipped units of that line wait, and so where giving them up puts them back."""
    places = {a.location.id: a.location for a in facts.assignments if a.line_id == line.id and a.location}
    return _only(places, line) if places else _configured_or_hold(facts, policy)


def _only(places: Mapping[str, Location], line: OrderLine) -> Location:
    if len(places) > 1:
        stop_hold(
            Reason.LOCATION_AMBIGUOUS, f"SKU {line.sku!r}: " + ", ".join(p.name for p in places.values())
        )
    return _usable(next(iter(places.values()), None), f"SKU {line.sku!r}")


UNASSIGNED = "no location is assigned to the units"
"""Also what a look shows whose order was cancelled between two of its parts."""


def _configured_or_hold(facts: Facts, policy: Policy) -> Location:
    return _configured(facts, policy) or _usable(None, UNASSIGNED)


def _configured(facts: Facts, policy: Policy) -> Location | None:
    if not policy.location:
        return None
    named = [place for place in facts.locations if policy.location in names(place)]
    if len(named) > 1:
        stop_hold(Reason.LOCATION_AMBIGUOUS, f"several are called {policy.location!r}")
    return _usable(next(iter(named), None), f"{policy.location!r} is no location of this shop")


def names(place: Location) -> tuple[str, ...]:
    return (place.id, place.id.rpartition("/")[2], place.name)


def _usable(place: Location | None, otherwise: str) -> Location:
    if place is None:
        stop_hold(Reason.LOCATION_UNKNOWN, otherwise)
    if not place.usable:
        why = "inactive" if not place.active else "a fulfilment service"
        stop_hold(Reason.LOCATION_UNKNOWN, f"{place.name} is {why}")
    return place
