"""The page of cases: filtered by a form, a few at a time."""

from collections.abc import Iterable, Mapping
from itertools import islice

from syncd.model.cases import Case, Kind, Restock, State
from syncd.model.reasons import EXPLANATIONS, Reason
from syncd.service.page.asking import Look
from syncd.store.cases import Filter

_PER_PAGE = 40
_MOST_PAGES = 25


def view(look: Look) -> Mapping[str, object]:
    """The cases that fit, the latest change first, or those that a name finds."""
    query, name = look.query, look.query.text("name")
    number = query.number("page", _MOST_PAGES)
    wanted = Filter(
        shop=look.shop(),
        state=query.one_of("state", State),
        reason=query.one_of("reason", Reason),
        restock=query.one_of("restock", Restock),
        kind=query.one_of("kind", Kind),
    )
    cases = look.store.cases.find(name) if name else _latest(look, wanted, number * _PER_PAGE + 1)
    shown = list(islice(cases, 0 if name else (number - 1) * _PER_PAGE, number * _PER_PAGE))
    more = not name and len(cases) > number * _PER_PAGE
    return {
        "cases": shown,
        "query": query.fields,
        "later": query.but(page=number - 1) if number > 1 else "",
        "earlier": query.but(page=number + 1) if more and number < _MOST_PAGES else "",
        "cut": more and number == _MOST_PAGES,
        "choices": {
            "shop": list(look.settings.shops),
            "state": [state.value for state in State],
            "reason": sorted(reason.value for reason in EXPLANATIONS),
            "restock": [word.value for word in Restock],
            "kind": [kind.value for kind in Kind],
        },
    }


def _latest(look: Look, wanted: Filter, most: int) -> list[Case]:
    """So many at most; shop by shop, since each shop's cases are kept in the order of their changes."""
    shops: Iterable[str] = [wanted.shop] if wanted.shop else look.settings.shops
    found = [
        case
        for shop in shops
        for case in look.store.cases.select(
            Filter(shop, wanted.state, wanted.reason, wanted.restock, wanted.kind), most
        )
    ]
    return sorted(found, key=lambda case: case.updated, reverse=True)[:most]
