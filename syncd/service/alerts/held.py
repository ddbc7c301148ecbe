"""The cases that are held, as alerts: one for each shop and reason."""

from collections.abc import Iterator

from syncd.model.reasons import EXPLANATIONS, Reason
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.words import shortened
from syncd.store.tallies import Named, Tallies, Tally

_NAMED = 5
"""Cases that an alert tells by name."""
_SHARPER = {
    Reason.DOUBLED: Kind.DOUBLED,
    Reason.REFUSED_BY_SHOPIFY: Kind.REFUND_REJECTED,
    Reason.REFUND_FAILED: Kind.REFUND_REJECTED,
    Reason.OUTCOME_UNPROVEN: Kind.REFUND_REJECTED,
}


def held(tallies: Tallies, shop: str) -> Iterator[Alert]:
    """One alert for each reason."""
    for word, tally in tallies.held().items():
        reason = Reason(word)
        some = tallies.some_held(word, _NAMED)
        yield Alert(
            _SHARPER.get(reason, Kind.CASE_HELD),
            shop,
            word,
            what=f"{_count(tally)}: {EXPLANATIONS[reason].sentence}",
            details=tuple(_lines(shop, word, tally, some)),
            hint=EXPLANATIONS[reason].hint.format(case=_case(shop, some[0]) if tally.count == 1 else "CASE"),
            size=tally.count,
        )


def _count(tally: Tally) -> str:
    cases = "1 case is held" if tally.count == 1 else f"{tally.count} cases are held"
    money = " and ".join(str(money) for money in tally.money)
    return f"{cases}, {money}" if money else cases


def _lines(shop: str, reason: str, tally: Tally, some: tuple[Named, ...]) -> Iterator[str]:
    for named in some:
        parts = [_case(shop, named), f"order {named.order}"]
        parts += [str(named.money)] if named.money else []
        line = ", ".join(parts)
        yield shortened(f"{line}: {named.detail}" if named.detail else line, 200)
    if tally.count > len(some):
        more = tally.count - len(some)
        yield f"and {more} more: syncd list --shop {shop} --reason {reason}"


def _case(shop: str, named: Named) -> str:
    return f"{shop}:{named.case_id}"
