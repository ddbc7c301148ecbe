"""What came of the story, counted at the Shopify stand-in and not believed from the daemon."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from syncd.model.cases import Case
from syncd.model.money import Money
from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.rows import cancelled_by_us, parcels_of, reasons_of, units_back
from syncd.sandbox.demo.stage import Stage

_MAKE_REFUNDS = ("refundCreate", "returnProcess")


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is, and how much is due."""

    made: int
    due: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong` names every difference from the script, a sentence each; the rest is what was counted.

    `restocked` are returned units, `freed` ones that were never shipped, `cancelled` orders. `refunded` and
    `to_refund` are minor units by currency, `idle_calls` requests to Shopify in the last scene, `writes` what
    Shopify carried out by the name of the mutation.
    """

    wrong: tuple[str, ...]
    refunds: Count
    restocked: Count
    freed: Count
    cancelled: Count
    refunded: Counter[str]
    to_refund: Counter[str]
    writes: Counter[str]
    idle_calls: int


def judge(stage: Stage, idle_calls: int) -> Verdict:
    """Compare every case with its script, and count what reached Shopify."""
    tales = stage.tales
    due = [tale for tale in tales if tale.script.expected.refunded]
    writes = Counter(call.operation for call in stage.pair.shopify.writes() if call.applied)
    return Verdict(
        (*_wrong_cases(stage), *_wrong_beside(stage, writes, len(due), idle_calls)),
        refunds=Count(sum(len(_by_us(tale)) for tale in tales), len(due)),
        restocked=_units(stage, cancels=False),
        freed=_units(stage, cancels=True),
        cancelled=Count(
            sum(_cancelled(tale) for tale in tales), sum(tale.script.expected.cancelled for tale in tales)
        ),
        refunded=_sum(money for tale in tales for money in _by_us(tale)),
        to_refund=_sum(tale.pays for tale in due if tale.pays),
        writes=writes,
        idle_calls=idle_calls,
    )


def _wrong_cases(stage: Stage) -> Iterator[str]:
    known = stage.cases()
    for tale in stage.tales:
        case = known.get(tale.case_id)
        found = (*_of_the_case(tale, case), *_on_the_order(stage, tale))
        yield from (f"{tale.script.title}: {what}" for what in found)


def _wrong_beside(stage: Stage, writes: Counter[str], due: int, idle_calls: int) -> Iterator[str]:
    """What is not the matter of one case."""
    made = sum(writes[name] for name in _MAKE_REFUNDS)
    if made != due:
        yield f"{made} requests made a refund, {due} should have"
    for typed in stage.staff.typed:
        if typed.code != 0:
            yield f"{typed}: exit code {typed.code}, {typed.said or 'nothing said'}"
    if stage.daemon.pid is None:
        yield f"the daemon has ended by itself, see {stage.daemon.log}"
    if idle_calls:
        yield f"{idle_calls} requests to Shopify while nothing was new"


def _of_the_case(tale: Tale, case: Case | None) -> Iterator[str]:
    expected = tale.script.expected
    if case is None:
        yield "syncd never saw it"
        return
    if (case.state, case.reason) != (expected.state, expected.reason):
        yield f"{case.state} {case.reason or ''} instead of {expected.state} {expected.reason or ''}"
    if case.restock is not expected.restock:
        yield f"restock {case.restock} instead of {expected.restock}"


def _on_the_order(stage: Stage, tale: Tale) -> Iterator[str]:
    expected = tale.script.expected
    refunds = _by_us(tale)
    if refunds != ([tale.pays] if expected.refunded else []):
        yield f"refunds {_listed(refunds)}"
    returns = tale.returns()
    if tuple(one.status for one in returns) != expected.returns:
        yield f"returns {_listed(one.status for one in returns)}"
    reasons = {name for one in returns for name in reasons_of(one)}
    if reasons != ({tale.script.grounds.shown} if expected.returns else set()):
        yield f"reasons {_listed(sorted(reasons))}"
    parcels = [number for one in returns for number in parcels_of(one)]
    if parcels != ([tale.parcel] if tale.parcel else []):
        yield f"parcels {_listed(parcels)} instead of {tale.parcel or 'none'}"
    units = units_back(stage, tale)
    if units != expected.restocked + expected.freed:
        yield f"{units} units back in stock instead of {expected.restocked + expected.freed}"
    if _cancelled(tale) != expected.cancelled:
        yield "the order was not cancelled" if expected.cancelled else "the order was cancelled"


def _listed(found: Iterable[object]) -> str:
    return ", ".join(map(str, found)) or "none"


def _by_us(tale: Tale) -> list[Money]:
    """The refunds for the case, but for those that others made; each counts, marked or not."""
    return [
        Money(refund.total_refunded, refund.order.presentment_currency_code)
        for refund, by in tale.refunds()
        if not by
    ]


def _cancelled(tale: Tale) -> bool:
    return any(cancelled_by_us(order, tale.case_id) for order in tale.orders)


def _units(stage: Stage, *, cancels: bool) -> Count:
    tales = [tale for tale in stage.tales if tale.cancels is cancels]
    due = (tale.script.expected.restocked + tale.script.expected.freed for tale in tales)
    return Count(sum(units_back(stage, tale) for tale in tales), sum(due))


def _sum(amounts: Iterable[Money]) -> Counter[str]:
    total: Counter[str] = Counter()
    for amount in amounts:
        total[amount.currency] += amount.minor
    return total
