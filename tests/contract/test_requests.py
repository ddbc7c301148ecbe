"""Every action that a plan can hold, as it is sent, against Shopify's own schema."""

from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLSchema

from syncd.decide.return_reason import OTHER
from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.orders import Assignment, Order
from syncd.model.plans import (
    ActionKind,
    DisposeReturn,
    DispositionType,
    Mutation,
    ReopenReturn,
    ReturnUnit,
    write,
)
from syncd.model.rulings import Begun
from syncd.sync.requests import OPERATION, variables_for
from tests.contract.variables import check_variables
from tests.decide.examples import (
    MUG,
    NOON,
    ORDER,
    POLICY,
    SHIRTS,
    TIKTOK_ORDER,
    UNSHIPPED,
    WAREHOUSE,
    a_case,
    amount,
    cancelled,
    decided,
    our_return,
    returned,
    unit,
    whole_cancellation,
)

REASONS = {OTHER: "gid://shopify/ReturnReasonDefinition/5"}
RESTOCK = replace(POLICY, auto_restock=True)
SHOWN = replace(ORDER, returns=(our_return(),), archived=True)
SHIRT = ReturnUnit(
    "L1",
    "SHIRT",
    1,
    restock=True,
    location=WAREHOUSE,
    fulfillment_line_id=our_return().lines[0].fulfillment_line_id,
    disposition=DispositionType.RESTOCKED,
)
WAITING = tuple(replace(line, status="AWAITING_SHIPMENT") for line in TIKTOK_ORDER.lines)


def every_action() -> list[Any]:
    """One of each kind, and the variants in which its variables differ."""
    part = a_case(lines=(unit(1, refund="5.00"),), refund=amount("5.00", "1.00"))
    unshipped = replace(ORDER, lines=(replace(SHIRTS, unfulfilled=2), MUG))
    plans = {
        "whole": (decided(), ORDER),
        "part": (decided(part), ORDER),
        "restock": (decided(returned(), policy=replace(RESTOCK, import_returns=False)), ORDER),
        "unshipped": (
            decided(
                order=unshipped,
                tiktok_order=replace(TIKTOK_ORDER, lines=WAITING),
                assignments=(Assignment("L1", 2, WAREHOUSE),),
            ),
            unshipped,
        ),
        "show": (decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)), ORDER),
        "track": (
            decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS, tracking_number="94"), SHOWN),
            SHOWN,
        ),
        "process": (decided(returned(refund=amount("20.00", "5.00")), SHOWN, RESTOCK), SHOWN),
        "process and wait": (decided(returned(), SHOWN), SHOWN),
        "inspected": (write(DisposeReturn(ORDER.id, our_return().id, (SHIRT,), Begun(NOON, {}))), SHOWN),
        "reopened": (write(ReopenReturn(ORDER.id, our_return().id)), SHOWN),
        "cancelled": (cancelled(whole_cancellation()), UNSHIPPED),
        "withdraw": (decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED), SHOWN), SHOWN),
    }
    return [
        pytest.param(action, order, id=f"{name}: {action.kind}")
        for name, (plan, order) in plans.items()
        for action in plan.actions
    ]


@pytest.mark.parametrize(("action", "order"), every_action())
def test_the_variables_of_every_action_are_accepted(
    admin_schema: GraphQLSchema, action: Mutation, order: Order
) -> None:
    """Names, types and required fields are those of the real API."""
    operation, variables = OPERATION[action.kind], variables_for(action, order, "key", REASONS)

    assert [] == check_variables(admin_schema, operation, variables)


def test_every_kind_of_action_is_among_them() -> None:
    """A new kind has to be added here; a decision goes out with a claim."""
    assert set(ActionKind) - {ActionKind.RECORD_RULING} == {case.values[0].kind for case in every_action()}
