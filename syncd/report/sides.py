"""A case from both sides, before they are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from syncd.decide.claim import ruling_in
from syncd.decide.rulings import approved_subjects
from syncd.decide.traces import case_of_refund, foreign_refunds, own_refunds
from syncd.model import mark
from syncd.model.cases import Case, Kind
from syncd.model.money import Money
from syncd.model.orders import Books, Refund
from syncd.model.rulings import Ruling, RulingKind, last_ruling, newer


@dataclass(frozen=True, slots=True)
class Shop:
    """What comparing needs to know of a shop: its days, what it carries over, how far TikTok was polled."""

    name: str
    zone: tzinfo
    start_from: datetime
    kinds: tuple[Kind, ...] = (Kind.RETURN,)
    polled_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Both:
    """A case with its Shopify order.

    `case` is as TikTok has it now, None where TikTok does not know it; `books` are None where no order is
    known. `stored` says whether the store knew it before it was read. `unread` says why one of the sides
    could not be read.
    """

    case_id: str
    kind: Kind
    case: Case | None = None
    books: Books | None = None
    stored: bool = True
    unread: str = ""

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """The refunds of the case, ours and those that were linked to it."""
        return own_refunds(self.books, self.case_id) if self.books else ()

    @property
    def moved(self) -> tuple[Refund, ...]:
        """Those of them that moved money."""
        return tuple(refund for refund in self.refunds if refund.moved)

    @property
    def paid_back(self) -> bool:
        """Whether TikTok says now that the buyer has the money."""
        return self.case is not None and self.case.latest.paid_back

    @property
    def due(self) -> Money | None:
        """What TikTok says that it pays back."""
        return self.case.latest.refund.total if self.case and self.case.latest.refund else None

    @property
    def dismissal(self) -> Ruling | None:
        """A person's decision that nothing is to be written, as long as TikTok's word is still the same.

        Where the store does not know it, the order's claim may.
        """
        known = last_ruling(self.case.rulings) if self.case else None
        claimed = ruling_in(self.books.claims.get(self.case_id)) if self.books else None
        last = claimed if newer(claimed, known) else known
        if last is None or self.case is None or last.kind is not RulingKind.DISMISSED:
            return None
        return last if last.basis == self.case.latest.basis else None


def paid_back_time(case: Case) -> datetime | None:
    """TikTok's time of paying back; None where it has not."""
    return (case.paid_back_at or case.latest.updated_at) if case.latest.paid_back else None


def dated(refund: Refund) -> datetime | None:
    """When a refund counts in Shopify's books."""
    return refund.processed_at or refund.created_at


def together(orders: Iterable[Books]) -> Books | None:
    """All orders of a case as one: a refund on any of them is one for the case."""
    known = list(orders)
    if len(known) < 2:  # noqa: PLR2004 - nothing to put together
        return known[0] if known else None
    return Books(
        id=known[0].id,
        name=known[0].name,
        refunds=tuple(refund for one in known for refund in one.refunds),
        returns=tuple(return_ for one in known for return_ in one.returns),
        claims={case_id: claim for one in known for case_id, claim in one.claims.items()},
        links={made: case_id for one in known for made, case_id in one.links.items()},
    )


def named_in(books: Books) -> dict[str, tuple[Kind, list[Refund]]]:
    """The cases that have refunds on an order, by our marks or by links, with these."""
    found: dict[str, tuple[Kind, list[Refund]]] = {}
    for refund in books.refunds:
        if case_id := case_of_refund(books, refund):
            kind = mark.kind_in(refund.note) or Kind.RETURN
            found.setdefault(case_id, (kind, []))[1].append(refund)
    return found


def foreign(cases: Iterable[Both]) -> Mapping[str, Refund]:
    """By case the refund that somebody else made of its very amount: each such refund is for one case.

    First come the cases without a refund of their own, for which it was probably made. Where a case has one,
    what came later is one too many; what was there before, syncd has seen and been told to go on.
    """
    given: dict[str, Refund] = {}
    taken: set[str] = set()
    known = [both for both in cases if both.paid_back and both.due]
    for both in sorted(known, key=lambda one: (bool(one.moved), one.case_id)):
        for refund in _strangers(both):
            if refund.id not in taken and not any(_before(refund, ours) for ours in both.moved):
                given[both.case_id] = refund
                taken.add(refund.id)
                break
    return given


def _strangers(both: Both) -> list[Refund]:
    """Refunds of its amount, made since it was opened, of no case, and not looked at by a person."""
    if both.books is None or both.case is None:
        return []
    seen = approved_subjects(both.case)
    found = foreign_refunds(both.books, both.case)
    return [refund for refund in found if refund.moved == both.due and refund.id not in seen]


def _before(one: Refund, other: Refund) -> bool:
    return bool(one.created_at and other.created_at and one.created_at < other.created_at)
