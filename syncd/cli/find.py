"""The case that a person means."""

from syncd.errors import UsageError
from syncd.model.cases import Case
from syncd.store.store import Store

_MOST = 10
"""Choices that are told."""


def find_case(store: Store, name: str) -> Case:
    """The one case called `name`: SHOP:ID, ID, a TikTok order id, a Shopify order's name or id.

    Raises:
        UsageError: No case is called so, or several are; the hint has them.
    """
    cases = store.cases.find(name)
    if not cases:
        raise UsageError(f"no case is called {name}", hint="syncd list shows them all")
    if len(cases) > 1:
        more = [f"and {len(cases) - _MOST} more: syncd list"] if len(cases) > _MOST else []
        choices = "\n  ".join([*map(_choice, cases[:_MOST]), *more])
        raise UsageError(f"{name} can mean {len(cases)} cases", hint=f"name one of them:\n  {choices}")
    return cases[0]


def _choice(case: Case) -> str:
    refund = case.latest.refund
    money = f", {refund.total}" if refund else ""
    what = f"{case.latest.type_word} of order {case.order_id}"
    return f"{case.shop}:{case.case_id}  {what}{money}, {case.state}"
