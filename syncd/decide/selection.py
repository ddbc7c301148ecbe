"""How much of its order a decision about a case needs: what is asked for costs, also where it is empty."""

from syncd.decide.tracking import may_show_number
from syncd.model.cases import Case, Kind, Path, ReturnType
from syncd.model.orders import Selection, TikTokOrder, page

_FEW = 5
"""Lines of an order of which nothing is known."""


def selection(case: Case, sold: TikTokOrder | None, *, restocked: bool) -> Selection:
    """What to read of the order. `restocked`: units of the case were to be put back by something we sent."""
    return Selection(
        lines=page(_lines(sold) if sold else _FEW),
        shipped=restocked or _about_goods(case),
        shown=bool(case.return_ids),
        returned=page(len(case.latest.lines)),
        parcels=may_show_number(case),
        cancelling=case.latest.kind is Kind.CANCELLATION,
    )


def _lines(sold: TikTokOrder) -> int:
    """The lines that the order has in Shopify, if it is as TikTok has it: one for each SKU or part."""
    return len({sku for line in sold.lines for sku in line.parts or (line.sku,)})


def _about_goods(case: Case) -> bool:
    """Whether it may matter what was shipped, and from where."""
    return (
        case.latest.kind is not Kind.RETURN
        or case.latest.type is ReturnType.RETURN_AND_REFUND
        or case.path is Path.RETURN
        or bool(case.return_ids)
    )
