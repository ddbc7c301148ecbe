"""The page of one case: how it stands, and its story."""

from collections.abc import Mapping

from syncd.service.page.asking import Look, NotFound
from syncd.service.story import Kept, story
from syncd.service.telling import facts
from syncd.store.pruning import pruned_before


def view(look: Look) -> Mapping[str, object]:
    """The case that the address names.

    Raises:
        NotFound: There is none, or more than one.
    """
    name = look.query.text("name")
    shop, _, case_id = name.rpartition(":")
    exact = look.store.cases.get(shop, case_id)
    found = [exact] if exact else look.store.cases.find(name) if name else []
    if len(found) != 1:
        raise NotFound(
            f"{name or 'No name'} names {'several' if found else 'none'}: look for it among the cases."
        )
    [case] = found
    kept = Kept.of(look.store, case)
    whole = bool(kept.history) and kept.history[0].at == case.first_seen
    settings = look.settings.shops.get(case.shop)
    return {
        "case": case,
        "facts": list(facts(case, settings.shopify.domain if settings else "")),
        "steps": story(kept),
        "pruned": None if whole else pruned_before(look.store.database),
    }
