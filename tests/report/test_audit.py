"""The audit: one outcome that is right, and one that is wrong in each way that it knows."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from syncd.model import mark
from syncd.model import plans as wanted
from syncd.model.cases import (
    CancelStatus,
    Case,
    RefundAmount,
    Restock,
    ReturnStatus,
    ReturnType,
    State,
    Written,
)
from syncd.model.cases import Kind as CaseKind
from syncd.model.orders import Disposition, Order, Refund, RefundLine, Return, ReturnState
from syncd.model.reasons import Reason
from syncd.report.audit import HARM, Finding, Kind, Sides, audit
from tests.decide.examples import (
    CASE_ID,
    ORDER,
    UNSHIPPED,
    a_cancellation,
    a_case,
    amount,
    our_refund,
    our_return,
    returned,
    unit,
    usd,
    whole_cancellation,
)

RESTOCKED = Disposition(wanted.DispositionType.RESTOCKED, 1, "gid://shopify/Location/7")
SECOND = "gid://shopify/Refund/2"
CANCEL_MARK = mark.note(CaseKind.CANCELLATION, CASE_ID)


def synced(case: Case, *refunds: str) -> Case:
    """The case as the store has it once it is written."""
    return replace(case, state=State.SYNCED, written=Written.of(case.latest), refund_ids=refunds)


def with_work(*work: Refund | Return) -> Order:
    """The order with these refunds and returns."""
    refunds = tuple(one for one in work if isinstance(one, Refund))
    return replace(ORDER, refunds=refunds, returns=tuple(one for one in work if isinstance(one, Return)))


def found(
    case: Case | None, order: Order | None, *, of: Case | None = None, restock: bool = True
) -> list[Kind]:
    """What the audit finds about a case; `of` is what TikTok says where the store knows nothing."""
    told = of or case
    assert told is not None
    findings = audit([Sides(told.latest, case, order)], auto_restock=restock)
    assert all(isinstance(one, Finding) and one.case_id == CASE_ID and one.text for one in findings)
    return [one.kind for one in findings]


REFUND = our_refund()
OF_RETURN = our_refund(note="", return_id="gid://shopify/Return/1")
OPEN = our_return()
CLOSED = our_return(ReturnState.CLOSED, processed=1, dispositions=(RESTOCKED,))
PAID = synced(a_case(), REFUND.id)
BACK = synced(returned(), OF_RETURN.id)


@pytest.mark.parametrize(
    ("case", "order"),
    [
        (PAID, with_work(REFUND)),
        (BACK, with_work(OF_RETURN, CLOSED)),
        (replace(BACK, restock=Restock.WAITING), with_work(OF_RETURN, our_return(processed=1))),
        (a_case(status=ReturnStatus.PENDING), with_work()),
        (a_case(status=ReturnStatus.PENDING), None),
        (a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.AWAITING_BUYER_SHIP), with_work(OPEN)),
        (a_case(status=ReturnStatus.PENDING), with_work(our_return(tracking=("94", "95")))),
        (replace(a_case(), state=State.HELD, reason=Reason.FOREIGN_REFUND), with_work()),
        (replace(a_case(), state=State.DISMISSED, reason=Reason.DISMISSED), with_work()),
        (PAID, with_work(REFUND, our_refund("0"))),
        (PAID, with_work(REFUND, replace(REFUND, id=SECOND, note="by hand"))),
    ],
    ids=[
        "refund", "return", "waits for staff", "tracked", "no order", "shown", "two parcels", "held",
        "dismissed", "a failed payment", "another refund",
    ],
)  # fmt: skip
def test_nothing_is_found_where_all_is_well(case: Case, order: Order | None) -> None:
    """Neither in what is done nor in what a person knows of."""
    assert [] == found(case, order)


GIVEN_UP = replace(
    our_refund("57.99", note=CANCEL_MARK),
    lines=tuple(
        RefundLine(line, n, "CANCEL", restocked=True, location_id=None) for line, n in (("L1", 2), ("L2", 1))
    ),
)
EMPTIED = tuple(replace(line, refundable=0, unfulfilled=0) for line in ORDER.lines)
DONE = replace(UNSHIPPED, lines=EMPTIED, refunds=(GIVEN_UP,), cancelled=True, cancel_note=CANCEL_MARK)
UNPAID = replace(UNSHIPPED, transactions=(), net_payment=usd("0"), cancelled=True, cancel_note=CANCEL_MARK)
NO_AMOUNT = synced(whole_cancellation(refund=None))
WITHDRAWN = replace(a_cancellation(CancelStatus.CANCELLED), state=State.SKIPPED, reason=Reason.WITHDRAWN)
ALREADY = replace(whole_cancellation(), state=State.SKIPPED, reason=Reason.ALREADY_CANCELLED)


@pytest.mark.parametrize(
    ("case", "order"),
    [
        (synced(whole_cancellation(), GIVEN_UP.id), DONE),
        (
            synced(a_cancellation(), REFUND.id),
            replace(UNSHIPPED, refunds=(replace(REFUND, note=CANCEL_MARK),)),
        ),
        (NO_AMOUNT, UNPAID),
        (WITHDRAWN, UNSHIPPED),
        (ALREADY, replace(UNPAID, cancel_note="by a connector")),
        (a_cancellation(CancelStatus.PENDING), None),
    ],
    ids=["whole", "part", "unpaid", "withdrawn", "by a connector", "no order"],
)
def test_nothing_is_found_where_a_cancellation_is_well(case: Case, order: Order | None) -> None:
    """Units that are given up are no restock, and what somebody else has cancelled is his."""
    assert [] == found(case, order, restock=False)


def wrong_cancel() -> list[Kind]:
    """TikTok has only been asked."""
    return found(a_cancellation(CancelStatus.PENDING), UNPAID)


def doubled() -> list[Kind]:
    """Two refunds that moved money."""
    return found(PAID, with_work(REFUND, replace(REFUND, id=SECOND)))


def different_amount() -> list[Kind]:
    """A cent too little."""
    return found(PAID, with_work(our_refund("19.99")))


def not_paid_back() -> list[Kind]:
    """TikTok never paid."""
    return found(replace(a_case(status=ReturnStatus.PENDING), refund_ids=(REFUND.id,)), with_work(REFUND))


def wrong_restock() -> list[Kind]:
    """The merchant wants nothing restocked."""
    return found(BACK, with_work(OF_RETURN, CLOSED), restock=False)


def shown_twice() -> list[Kind]:
    """Two open returns of one case."""
    other = replace(OPEN, id="gid://shopify/Return/2", name="#1001-R2")
    return found(
        a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.AWAITING_BUYER_SHIP), with_work(OPEN, other)
    )


def tracked_twice() -> list[Kind]:
    """One parcel that looks like two."""
    return found(a_case(status=ReturnStatus.PENDING), with_work(our_return(tracking=("94", "95", "94"))))


def missing() -> list[Kind]:
    """Paid back, and nothing on Shopify."""
    return found(replace(a_case(), state=State.TRACKING), with_work())


def unknown_case() -> list[Kind]:
    """The store has never heard of it."""
    return found(None, None, of=a_case(status=ReturnStatus.PENDING))


def store_wrong() -> list[Kind]:
    """The store names a refund that is not there."""
    return found(synced(a_case(), SECOND), with_work(REFUND))


def unfinished() -> list[Kind]:
    """Still being written."""
    return found(replace(PAID, state=State.WRITING), with_work(REFUND))


def left_open() -> list[Kind]:
    """Refunded, every unit decided about, and the return is open."""
    return found(BACK, with_work(OF_RETURN, our_return(processed=1, dispositions=(RESTOCKED,))))


WRONG: dict[Kind, Callable[[], list[Kind]]] = {
    Kind.DOUBLED: doubled,
    Kind.DIFFERENT_AMOUNT: different_amount,
    Kind.NOT_PAID_BACK: not_paid_back,
    Kind.WRONG_RESTOCK: wrong_restock,
    Kind.SHOWN_TWICE: shown_twice,
    Kind.TRACKED_TWICE: tracked_twice,
    Kind.WRONG_CANCEL: wrong_cancel,
    Kind.MISSING: missing,
    Kind.UNKNOWN_CASE: unknown_case,
    Kind.STORE_WRONG: store_wrong,
    Kind.UNFINISHED: unfinished,
    Kind.LEFT_OPEN: left_open,
}


@pytest.mark.parametrize("kind", Kind)
def test_each_wrong_is_found_for_what_it_is(kind: Kind) -> None:
    """And for nothing else."""
    assert [kind] == WRONG[kind]()


@pytest.mark.parametrize(
    ("case", "order", "kinds"),
    [
        (synced(whole_cancellation(), GIVEN_UP.id), replace(DONE, cancelled=False), [Kind.LEFT_OPEN]),
        (NO_AMOUNT, replace(UNPAID, cancelled=False), [Kind.LEFT_OPEN]),
        (synced(a_cancellation(refund=None)), replace(UNPAID, cancelled=False), [Kind.LEFT_OPEN]),
        (synced(whole_cancellation()), UNSHIPPED, [Kind.MISSING, Kind.LEFT_OPEN, Kind.STORE_WRONG]),
        (NO_AMOUNT, replace(UNPAID, shipments=ORDER.fulfillments), [Kind.WRONG_CANCEL]),
        (a_case(status=ReturnStatus.PENDING), UNPAID, [Kind.WRONG_CANCEL]),
        (replace(ALREADY, state=State.TRACKING), replace(UNPAID, cancel_note=""), [Kind.MISSING]),
        (replace(a_cancellation(CancelStatus.CANCELLED), state=State.HELD), UNPAID, []),
    ],
    ids=[
        "not cancelled", "unpaid and not cancelled", "a part without an amount", "nothing done", "shipped",
        "a return", "nobody was told", "a person was told",
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cancellation(case: Case, order: Order, kinds: list[Kind]) -> None:
    """An order that should be cancelled and is not, or is and should not be."""
    assert kinds == found(case, order)


def test_a_refund_of_a_case_in_a_persons_hands_is_still_counted() -> None:
    """A hold excuses no second refund."""
    held = replace(PAID, state=State.HELD, reason=Reason.DOUBLED)

    assert [Kind.DOUBLED] == found(held, with_work(REFUND, replace(REFUND, id=SECOND)))


def test_a_case_that_is_synced_without_a_refund() -> None:
    """Money is missing, and the store is wrong about it."""
    assert [Kind.MISSING, Kind.STORE_WRONG] == found(synced(a_case()), with_work())


@pytest.mark.parametrize("type_", [ReturnType.REFUND, ReturnType.REPLACEMENT, ReturnType.EXCHANGE])
def test_nothing_came_back(type_: ReturnType) -> None:
    """Units of a case that sends nothing back must not be in stock."""
    assert [Kind.WRONG_RESTOCK] == found(
        synced(a_case(type_), REFUND.id), with_work(our_refund(restocked=True))
    )


def test_more_units_are_in_stock_than_came_back() -> None:
    """Through the refund and once more through the return."""
    lines = our_refund(restocked=True, note="", return_id="gid://shopify/Return/1")

    assert [Kind.WRONG_RESTOCK] == found(BACK, with_work(lines, CLOSED))


def test_as_many_units_as_came_back() -> None:
    """Two units of a case of two."""
    two = returned(lines=(unit(1), unit(2)))
    back = our_return(
        ReturnState.CLOSED, processed=2, quantity=2, dispositions=(replace(RESTOCKED, quantity=2),)
    )

    assert [] == found(synced(two, OF_RETURN.id), with_work(OF_RETURN, back))


def test_a_cancelled_return_is_no_second_one() -> None:
    """The one before a withdrawal does not count."""
    other = replace(our_return(ReturnState.CANCELED), id="gid://shopify/Return/2")

    assert [] == found(BACK, with_work(OF_RETURN, CLOSED, other))


def test_the_return_of_a_withdrawn_case_is_left_open() -> None:
    """Nothing is to come of it."""
    withdrawn = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)

    assert [Kind.LEFT_OPEN] == found(
        replace(withdrawn, state=State.SKIPPED, reason=Reason.WITHDRAWN), with_work(OPEN)
    )


def test_a_refund_of_another_case_is_not_ours() -> None:
    """Only the mark tells."""
    other = our_refund(note=mark.note(CaseKind.RETURN, "4035318504086604999"))

    assert [Kind.MISSING, Kind.STORE_WRONG] == found(synced(a_case()), with_work(other))


def test_harm_is_what_no_later_step_can_mend() -> None:
    """Money and stock that moved; what is only unfinished is no harm."""
    assert {
        Kind.DOUBLED,
        Kind.DIFFERENT_AMOUNT,
        Kind.NOT_PAID_BACK,
        Kind.WRONG_RESTOCK,
        Kind.SHOWN_TWICE,
        Kind.TRACKED_TWICE,
        Kind.WRONG_CANCEL,
    } == HARM


def test_a_finding_names_its_case() -> None:
    """What is printed begins with the case."""
    [finding] = audit([Sides(a_case().latest, PAID, with_work(our_refund("19.99")))], auto_restock=False)

    said = f"TikTok 20.00 USD ({a_case().latest.status_word}), Shopify {REFUND.id} of {usd('19.99')}"
    assert f"{CASE_ID} different_amount: {said}" == str(finding)


def test_units_that_were_never_shipped_are_no_restock() -> None:
    """Giving up a unit that waits for its shipment puts it back, and came from no buyer."""
    given_up = replace(REFUND.lines[0], restock_type="CANCEL", restocked=True)

    assert [] == found(PAID, with_work(replace(REFUND, lines=(given_up,))), restock=False)


@pytest.mark.parametrize("refund", [None, amount("0")])
def test_nothing_is_missing_where_no_money_was_paid_back(refund: RefundAmount | None) -> None:
    """TikTok gives no amount, or none worth a refund."""
    assert [] == found(a_case(refund=refund), with_work())
