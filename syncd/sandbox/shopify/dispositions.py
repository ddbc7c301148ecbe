"""Dispositions: what is decided about units that came back, once for each unit."""

from collections import Counter
from collections.abc import Sequence

from syncd.sandbox.shopify.inputs import DispositionInput
from syncd.sandbox.shopify.problems import Refused, UserError, refused
from syncd.sandbox.shopify.records import Location
from syncd.sandbox.shopify.return_records import Disposition, ReverseLine
from syncd.sandbox.shopify.world import World

_ONE_ORDER = "Cannot dispose items from more than one reverse fulfillment order."


def dispose(world: World, asked: Sequence[DispositionInput]) -> list[ReverseLine]:
    """ReverseFulfillmentOrderDispose."""
    if not asked:
        raise refused("dispositionInputs", "The array cannot be empty.", "BLANK")
    lines = check(world, asked, "dispositionInputs")
    apply(world, asked)
    return list(dict.fromkeys(lines))


def check(world: World, asked: Sequence[DispositionInput], root: str) -> list[ReverseLine]:
    """The reverse lines meant, in order; raises Refused with every problem found."""
    found = [world.find("ReverseFulfillmentOrderLineItem", one.line_id, ReverseLine) for one in asked]
    lines = [one for one in found if one is not None]
    if len(lines) < len(asked) or len({one.return_line.return_ for one in lines}) > 1:
        raise refused(root, _ONE_ORDER, "INVALID")
    problems = [
        problem for one, line in zip(asked, lines, strict=True) for problem in _problems(world, one, line)
    ]
    problems += _too_many(asked, lines)
    if problems:
        raise Refused(*problems)
    return lines


def _problems(world: World, one: DispositionInput, line: ReverseLine) -> list[UserError]:
    problems = []
    if one.type == "RESTOCKED" and line.fulfillment_line_item.line_item.variant is None:
        text = "RESTOCKED is an invalid disposition type for a custom line item."
        problems.append(_problem(one, "dispositionType", text, "INVALID"))
    place = world.find("Location", one.location_id, Location) if one.location_id else None
    if place is None and (one.location_id or one.type == "RESTOCKED"):
        problems.append(_problem(one, "locationId", "Location not found.", "NOT_FOUND"))
    if not world.switches.dispose_after_close and line.return_line.return_.status != "OPEN":
        problems.append(
            _problem(one, "reverseFulfillmentOrderLineItemId", "Return is closed.", "INVALID_STATE")
        )
    return problems


def _too_many(asked: Sequence[DispositionInput], lines: Sequence[ReverseLine]) -> list[UserError]:
    taken: Counter[ReverseLine] = Counter()
    problems = []
    for one, line in zip(asked, lines, strict=True):
        taken[line] += one.quantity
        if one.quantity < 1 or taken[line] > line.undisposed:
            problems.append(_problem(one, "quantity", "Quantity is invalid.", "INVALID"))
    return problems


def _problem(one: DispositionInput, name: str, message: str, code: str) -> UserError:
    return UserError((*one.path.split("."), name), message, code)


def apply(world: World, asked: Sequence[DispositionInput]) -> None:
    """Write dispositions that were checked; RESTOCKED units are stock again."""
    for one in asked:
        line = world.find("ReverseFulfillmentOrderLineItem", one.line_id, ReverseLine)
        if line is None:
            continue
        place = world.locations.get(one.location_id or "")
        gid = world.new_id("ReverseFulfillmentOrderDisposition")
        line.dispositions.append(Disposition(gid, one.type, one.quantity, place, world.now()))
        if one.type == "RESTOCKED" and place is not None:
            world.put_back(line.fulfillment_line_item.line_item, place, one.quantity)
        world.changed(line.order)
