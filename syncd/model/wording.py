"""Plans in words, the same in the terminal, in the log and in what `list` and `show` tell."""

from syncd.model.plans import Action, Plan, Unit, payment_of, units_of


def action_text(action: Action) -> str:
    """One action in a line."""
    money = payment_of(action)
    parts = [action.kind.replace("_", " ")]
    if money:
        parts.append(str(money.amount))
    parts += [_unit_text(unit) for unit in units_of(action)]
    return ", ".join(parts)


def _unit_text(unit: Unit) -> str:
    place = f" at {unit.location.name}" if unit.location else ""
    return f"{unit.quantity} x {unit.sku}" + (" restocked" if unit.restock else "") + place


def plan_text(plan: Plan) -> str:
    """Everything that is to be written, in its order; empty where nothing is."""
    return "; ".join(map(action_text, plan.actions))


def would_write(plan: Plan) -> str:
    """What a rehearsal tells of a plan."""
    return f"would write: {plan_text(plan)}"
