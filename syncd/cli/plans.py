"""Plans as people and programs see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from syncd.cli.views import Json, refund_json
from syncd.model.cases import Case, State
from syncd.model.money import Money
from syncd.model.plans import Action, Plan, Unit, payment_of, units_of
from syncd.model.reasons import explained
from syncd.model.wording import plan_text
from syncd.service.telling import amounts, hint

Planned = tuple[Case, Plan]
"""A case, and what is to become of it."""

COLUMNS = (
    "case",
    "type",
    "TikTok order",
    "Shopify order",
    "TikTok says",
    "refund",
    "state",
    "what",
    "of which",
    "why",
    "next",
)
TEXTS = 4
"""Of the columns, the last ones: texts."""


def plan_row(case: Case, plan: Plan) -> tuple[str, ...]:
    """One case in the table of a plan."""
    refund = case.latest.refund
    return (
        f"{case.shop}:{case.case_id}",
        case.latest.type_word,
        case.order_id,
        case.shopify_order_name or case.shopify_order_id or "",
        case.latest.status_word,
        str(refund.total) if refund else "",
        plan.state.value,
        plan_text(plan),
        _split(case),
        _why(case, plan),
        hint(plan.reason, case).replace(" syncd ", "\nsyncd ") if plan.reason else "",
    )


def _split(case: Case) -> str:
    """The amount as TikTok reports it, and what the buyer never paid: TikTok's or the seller's discounts."""
    refund = case.latest.refund
    if refund is None:
        return ""
    never = f"never paid by the buyer: {amounts(refund.discounts)}" if refund.discounts else ""
    return "; ".join(text for text in (amounts(refund.parts), never) if text)


def _why(case: Case, plan: Plan) -> str:
    """What holds it, or else what TikTok gives as the buyer's reason."""
    if plan.reason:
        return f"{plan.reason}: {explained(plan.reason, plan.detail)}"
    return case.latest.reason_text or case.latest.reason


def plan_json(case: Case, plan: Plan) -> Json:
    """One plan with the field names that other programs rely on."""
    return {
        "case_id": case.case_id,
        "state": plan.state.value,
        "reason": plan.reason.value if plan.reason else None,
        "detail": plan.detail,
        "hint": hint(plan.reason, case) if plan.reason else "",
        "type": case.latest.type_word,
        "order_id": case.order_id,
        "shopify_order_id": case.shopify_order_id,
        "shopify_order_name": case.shopify_order_name,
        "tiktok_status": case.latest.status_word,
        "tiktok_reason": case.latest.reason_text or case.latest.reason,
        "refund": refund_json(case.latest.refund),
        "actions": [action_json(action) for action in plan.actions],
    }


def action_json(action: Action) -> Json:
    """One action: the money it moves and the units it touches."""
    money = payment_of(action)
    return {
        "kind": action.kind.value,
        "order_id": action.order_id,
        "amount": money.amount.amount if money else None,
        "currency": money.amount.currency if money else None,
        "units": [_unit_json(unit) for unit in units_of(action)],
    }


def _unit_json(unit: Unit) -> Json:
    return {
        "sku": unit.sku,
        "quantity": unit.quantity,
        "restock": unit.restock,
        "location": unit.location.name if unit.location else None,
    }


def refunds(plans: Iterable[Planned]) -> list[Money]:
    """Each refund that is to be written."""
    payments = (payment_of(action) for _, plan in plans for action in plan.actions)
    return [payment.amount for payment in payments if payment]


def totals(money: Iterable[Money]) -> list[Money]:
    """The sums, a currency each."""
    sums: Counter[str] = Counter()
    for one in money:
        sums[one.currency] += one.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def counted(plans: Sequence[Planned]) -> str:
    """How many cases, and what TikTok paid back for them, by currency."""
    paid = totals(case.latest.refund.total for case, _ in plans if case.latest.refund)
    return ", ".join([str(len(plans)), *map(str, paid)])


def totals_json(plans: Sequence[Planned]) -> Json:
    """The refunds of a shop that are to be written, by currency, and how many cases are held."""
    moved = refunds(plans)
    return {
        "refunds": [
            {
                "count": sum(one.currency == total.currency for one in moved),
                "amount": total.amount,
                "currency": total.currency,
            }
            for total in totals(moved)
        ],
        "held": sum(plan.state is State.HELD for _, plan in plans),
    }


def plans_json(plans: Mapping[str, Sequence[Planned]]) -> Json:
    """The plans of all shops."""
    return {
        "shops": {shop: [plan_json(*one) for one in of_shop] for shop, of_shop in plans.items()},
        "totals": {shop: totals_json(of_shop) for shop, of_shop in plans.items()},
    }


def totals_text(plans: Sequence[Planned]) -> str:
    """The same for people."""
    moved = refunds(plans)
    said = [f"{sum(x.currency == total.currency for x in moved)} refunds, {total}" for total in totals(moved)]
    others = sum(bool(plan.actions) and not refunds([(case, plan)]) for case, plan in plans)
    held = [one for one in plans if one[1].state is State.HELD]
    said += [f"{others} without money"] if others else []
    said += [f"held: {counted(held)}"] if held else []
    return "; ".join(said)
