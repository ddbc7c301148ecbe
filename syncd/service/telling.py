"""A case in the words that people are told: on the command line and on the status page."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from syncd.model.cases import Case, Path, Restock, Snapshot, State
from syncd.model.money import Money
from syncd.model.reasons import Reason, explained, hint_for

_INSPECT = "Inspect the units, then: syncd restock {case}; for units that do not come back into stock: --not"
_INSPECT_REFUND = (
    "Inspect the units and correct the stock in Shopify under Products, then: syncd restock {case} --not"
)


def hint(reason: str | None, case: Case) -> str:
    """What to type or do next about a case."""
    name = f"{case.shop}:{case.case_id}"
    if reason:
        return hint_for(Reason(reason), name)
    if case.restock is not Restock.WAITING:
        return ""
    return (_INSPECT_REFUND if case.path is Path.REFUND else _INSPECT).format(case=name)


def next_step(case: Case) -> str:
    """What comes next: what a person has to do or type, else what syncd does by itself."""
    if typed := hint(case.reason, case):
        return typed
    if case.due_at:
        return f"syncd looks at it again at {moment(case.due_at)}"
    return "syncd waits for news from TikTok" if case.state is State.TRACKING else "nothing"


def moment(at: datetime) -> str:
    """A time as people read it, to the second, with its zone."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def restock_text(case: Case) -> str:
    """What became of the returned units: which of them wait, and since when."""
    units = ", ".join(f"{count} x {sku}" for sku, count in case.waiting_units.items())
    since = f" since {case.restock_since:%Y-%m-%d}" if case.restock_since else ""
    return f"{case.restock}: {units}{since}" if units else case.restock.value


def amounts(parts: Mapping[str, Money]) -> str:
    """TikTok's names without its word for all of them."""
    names = {name: name.removeprefix("refund_").replace("_", " ") for name in parts}
    return ", ".join(f"{names[name]} {money}" for name, money in parts.items())


def lines_of(text: str) -> str:
    """A hint with each command in it on a line of its own, so that it is copied as one."""
    return re.sub(r"(\nsyncd [^;]*;) ", r"\1\n", text.replace(" syncd ", "\nsyncd "))


def facts(case: Case, domain: str) -> Iterator[tuple[str, str]]:
    """How it stands: names, each with a text; the same name may be left empty for one more text."""
    latest, refund = case.latest, case.latest.refund
    yield "TikTok says", latest.status_word + (f", {refund.total}" if refund else "")
    if refund and refund.parts:
        yield "of which", f"{amounts(refund.parts)} (as TikTok splits it)"
    if refund and refund.discounts:
        yield "never paid", f"{amounts(refund.discounts)} (taken off before the buyer paid)"
    if chain := _chain(latest):
        yield "edited", chain
    if case.paid_back_at:
        yield "paid back", f"{moment(case.paid_back_at)} (TikTok's time of that state)"
    yield "state", case.state + (f" ({case.reason})" if case.reason else "")
    if told := explained(case.reason, case.detail):
        yield "why", told
    yield "next", next_step(case)
    if case.state is State.HELD and case.due_at:
        yield "looked at", f"again at {moment(case.due_at)}"
    yield "restock", restock_text(case)
    if case.shopify_order_id:
        yield "Shopify order", f"{case.shopify_order_name or ''} {case.shopify_order_id}".strip()
        yield "", admin_address(domain, case.shopify_order_id)
    for made in (*case.return_ids, *case.refund_ids):
        yield "Shopify has", made


def _chain(latest: Snapshot) -> str:
    before = [f"in place of {latest.previous_id}"] if latest.previous_id else []
    return ", ".join([*before, *([f"replaced by {latest.next_id}"] if latest.next_id else [])])


def admin_address(domain: str, order_id: str) -> str:
    """Where the order is in the Shopify admin; empty for a shop that the settings do not have."""
    return f"https://{domain}/admin/orders/{order_id.rpartition('/')[2]}" if domain else ""
