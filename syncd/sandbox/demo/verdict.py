"""What came of the story, counted at the Shopify stand-in and not believed from the daemon."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from syncd.model.cases import Case
from syncd.model.money import Money
from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.rows import restocked_units
from syncd.sandbox.demo.script import Flag
from syncd.sandbox.demo.stage import Stage

_MAKE_REFUNDS = ("refundCreate", "returnProcess")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong` names every difference from the script, a sentence each; the rest is what was counted.

    `refunded` and `to_refund` are minor units by currency, `idle_calls` requests to Shopify in the last
    scene, `writes` what Shopify carried out by the name of the mutation.
    """

    wrong: tuple[str, ...]
    refunds: int
    refunds_due: int
    refunded: Counter[str]
    to_refund: Counter[str]
    restocked: int
    to_restock: int
    writes: Counter[str]
    idle_calls: int


def judge(stage: Stage, idle_calls: int) -> Verdict:
    """Compare every case with its script, and count what reached Shopify."""
    known = stage.cases()
    wrong = [
        f"{tale.script.title}: {what}"
        for tale in stage.tales
        for what in _differences(stage, tale, known.get(tale.case.return_id))
    ]
    writes = Counter(call.operation for call in stage.pair.shopify.writes() if call.applied)
    made = sum(writes[name] for name in _MAKE_REFUNDS)
    due = [tale for tale in stage.tales if tale.script.expected.refunded]
    if made != len(due):
        wrong.append(f"{made} requests made a refund, {len(due)} should have")
    if stage.daemon.pid is None:
        wrong.append(f"the daemon has ended by itself, see {stage.daemon.log}")
    if idle_calls:
        wrong.append(f"{idle_calls} requests to Shopify while nothing was new")
    return Verdict(
        tuple(wrong),
        refunds=sum(len(_by_us(tale)) for tale in stage.tales),
        refunds_due=len(due),
        refunded=_sum(money for tale in stage.tales for money in _by_us(tale)),
        to_refund=_sum(tale.pays for tale in due),
        restocked=sum(restocked_units(stage, tale) for tale in stage.tales),
        to_restock=sum(tale.script.expected.restocked for tale in stage.tales),
        writes=writes,
        idle_calls=idle_calls,
    )


def _differences(stage: Stage, tale: Tale, case: Case | None) -> Iterator[str]:
    expected = tale.script.expected
    if case is None:
        yield "syncd never saw it"
        return
    if (case.state, case.reason) != (expected.state, expected.reason):
        yield f"{case.state} {case.reason or ''} instead of {expected.state} {expected.reason or ''}"
    if case.restock is not expected.restock:
        yield f"restock {case.restock} instead of {expected.restock}"
    refunds = _by_us(tale)
    if refunds != ([tale.pays] if expected.refunded else []):
        yield f"refunds {', '.join(map(str, refunds)) or 'none'}"
    returns = tuple(one.status for one in tale.order.returns) if tale.order else ()
    if returns != expected.returns:
        yield f"returns {', '.join(returns) or 'none'}"
    units = restocked_units(stage, tale)
    if units != expected.restocked:
        yield f"{units} units restocked instead of {expected.restocked}"


def _by_us(tale: Tale) -> list[Money]:
    """The refunds on the order, without the one that staff made; each counts, marked or not."""
    if tale.order is None:
        return []
    refunds = tale.order.refunds[1:] if Flag.REFUNDED_BY_HAND in tale.script.flags else tale.order.refunds
    return [Money(one.total_refunded, tale.order.presentment_currency_code) for one in refunds]


def _sum(amounts: Iterator[Money]) -> Counter[str]:
    total: Counter[str] = Counter()
    for amount in amounts:
        total[amount.currency] += amount.minor
    return total
