"""The case that a person means."""

from syncd.errors import UsageError
from syncd.model.cases import Case
from syncd.store.store import Store


def find_case(store: Store, name: str) -> Case:
    """The one case called `name`: SHOP:ID, ID, a TikTok order id, a Shopify order's name or id.

    Raises:
        UsageError: No case is called so, or several are.
    """
    cases = store.cases.find(name)
    if not cases:
        raise UsageError(f"no case is called {name}", hint="syncd list shows them all")
    if len(cases) > 1:
        names = ", ".join(f"{case.shop}:{case.case_id}" for case in cases)
        raise UsageError(f"{name} can mean several cases: {names}", hint="name one of them")
    return cases[0]
