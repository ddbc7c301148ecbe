"""The tracking number of the parcel, shown on our open return: for information, never in the way of money."""

from syncd.model.cases import Case, Path, ReturnStatus
from syncd.model.orders import Order, Return, ReturnState
from syncd.model.plans import AddTracking, Plan, track, write

_SENT = frozenset({ReturnStatus.BUYER_SHIPPED_ITEM, ReturnStatus.SUCCESS})


def number_to_show(case: Case) -> str:
    """The number that the return in Shopify does not show yet; empty where there is nothing to add.

    Only the first number of a return is shown: a changed one is left as it is.
    """
    return case.latest.tracking_number if case.latest.status in _SENT and may_show_number(case) else ""


def may_show_number(case: Case) -> bool:
    """Whether there is a number that may not be shown yet, whatever TikTok says of the return by now."""
    return bool(case.latest.tracking_number) and case.tracked_return_id not in case.return_ids


def tracking_plan(case: Case, order: Order, ours: tuple[Return, ...]) -> Plan:
    """Show the number on our return, once. A parcel that staff announced there counts as shown."""
    number = number_to_show(case)
    if not number:
        return track()
    shown = next((return_ for return_ in ours if return_.tracking), None)
    takes = [return_ for return_ in ours if return_.state is ReturnState.OPEN and return_.reverse_order_ids]
    if shown or not takes:
        return track(tracked_return_id=(shown or ours[0]).id)
    return write(AddTracking(order.id, takes[0].id, number), path=Path.RETURN)
