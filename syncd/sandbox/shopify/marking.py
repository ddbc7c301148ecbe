"""metafieldsSet with compare-and-set, and tagsAdd."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from syncd.sandbox.shopify.inputs import Json
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import Refused, UserError, refused
from syncd.sandbox.shopify.records import Metafield
from syncd.sandbox.shopify.world import World

_MOST_METAFIELDS = 25
_KEY = (2, 64)
_NAMESPACE = (3, 255)
_TAG_LIMIT = 40
_TAGS_LIMIT = 250
_STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."


@dataclass(frozen=True, slots=True)
class _Wanted:
    order: Order
    namespace: str
    key: str
    type: str
    value: str


def metafields_set(world: World, entries: Sequence[Json]) -> list[Metafield]:
    """Write all of them or none."""
    if len(entries) > _MOST_METAFIELDS:
        text = f"Exceeded the maximum metafields input limit of {_MOST_METAFIELDS}."
        raise refused("metafields", text, "LESS_THAN_OR_EQUAL_TO")
    wanted = [_checked(world, one, place) for place, one in enumerate(entries)]
    return [_written(world, one) for one in wanted]


def _checked(world: World, one: Json, place: int) -> _Wanted:
    order = world.find("Order", one["ownerId"], Order)
    if order is None:
        raise _wrong(place, "ownerId", "Owner does not exist.", "INVALID")
    namespace = one.get("namespace") or "app"
    for name, text, (least, most) in (("namespace", namespace, _NAMESPACE), ("key", one["key"], _KEY)):
        if len(text) < least:
            raise _wrong(place, name, f"is too short (minimum is {least} characters)", "TOO_SHORT")
        if len(text) > most:
            raise _wrong(place, name, f"is too long (maximum is {most} characters)", "TOO_LONG")
    if not one["value"]:
        raise _wrong(place, "value", "may not be empty", "BLANK")
    present = order.metafield(one["key"], namespace)
    kind = one.get("type") or (present.type if present else None)
    if kind is None:
        raise _wrong(place, "type", "Type can't be blank", "BLANK")
    if kind == "json" and not _is_json(one["value"]):
        raise _wrong(place, "value", "Value must be in valid JSON format.", "INVALID_VALUE")
    if "compareDigest" in one:
        _compare(one["compareDigest"], present, place)
    return _Wanted(order, namespace, one["key"], kind, one["value"])


def _compare(digest: str | None, present: Metafield | None, place: int) -> None:
    if present is None and digest is not None:
        text = "The `compareDigest` value is invalid."
        raise _wrong(place, None, text, "INVALID_COMPARE_DIGEST")
    if present is not None and digest != present.compare_digest:
        raise _wrong(place, None, _STALE, "STALE_OBJECT")


def _wrong(place: int, name: str | None, message: str, code: str) -> Refused:
    path = ("metafields", str(place), *([name] if name else []))
    return Refused(UserError(path, message, code))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _written(world: World, one: _Wanted) -> Metafield:
    present = one.order.metafield(one.key, one.namespace)
    digest = sha256(f"{one.type}:{one.value}".encode()).hexdigest()
    if present is None:
        now = world.now()
        gid = world.new_id("Metafield")
        present = Metafield(gid, one.namespace, one.key, one.type, one.value, digest, now, now)
        one.order.metafields.append(world.keep(present, gid))
    present.type, present.value, present.compare_digest = one.type, one.value, digest
    present.updated_at = world.now()
    world.changed(one.order)
    return present


def tags_add(world: World, gid: str, tags: Sequence[str]) -> Order:
    """Add tags; a comma separates two, and the same tag in other letters is the same."""
    order = world.find("Order", gid, Order)
    if order is None:
        raise refused("id", "Order does not exist")
    wanted = [one.strip() for text in tags for one in text.split(",") if one.strip()]
    if any(len(one) > _TAG_LIMIT for one in wanted):
        raise refused("tags", f"Title Tag exceeds the maximum length of {_TAG_LIMIT} characters")
    known = {one.casefold() for one in order.tags}
    new = [one for one in dict.fromkeys(wanted) if one.casefold() not in known]
    if len(order.tags) + len(new) > _TAGS_LIMIT:
        raise refused("tags", f"Order cannot have more than {_TAGS_LIMIT} tags")
    if new:
        order.tags.extend(new)
        world.changed(order)
    return order
