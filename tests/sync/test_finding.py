"""Finding orders: each connector's way of keeping TikTok's order id, among orders whose ids are only near."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from syncd.model.policy import Strategy
from syncd.sandbox.clock import START
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.shopify.order import Order
from syncd.sync.gather import Found, find
from tests.sync.world import World

FIELD = "custom.tiktok_order_id"
ORDERS, MISSING, NEAR = 60, 20, 10_000
"""TikTok orders that were imported, TikTok orders that were not, and Shopify orders of others."""
LINES = [OrderLine("SHIRT", 1, 2000)]
DAY = timedelta(days=1)
Options = Callable[[str], OrderOptions]


@dataclass(frozen=True)
class Convention:
    """How a connector keeps the id, the `[match]` that it needs, and the strategy that then finds it."""

    kept: Options
    strategy: Strategy
    match: Mapping[str, object] = field(default_factory=dict)


CONVENTIONS = {
    "official TikTok app, tag": Convention(
        lambda kept: {"tags": ["vip", f"TikTokOrderID:{kept}"]}, Strategy.TAG
    ),
    "AfterShip, note": Convention(
        lambda kept: {"note": f"TikTok Shop order {kept}\nleave at the door"}, Strategy.WINDOW
    ),
    "AfterShip, name with prefix": Convention(
        lambda kept: {"name": f"#TTS-{kept}"}, Strategy.NAME, {"name": ["{id}", "#TTS-{id}"]}
    ),
    "EcomSend, attribute": Convention(
        lambda kept: {"custom_attributes": {"Channel": "TikTok", "Order": kept}}, Strategy.WINDOW
    ),
    "source identifier": Convention(lambda kept: {"source_identifier": kept}, Strategy.SOURCE_IDENTIFIER),
    "metafield": Convention(
        lambda kept: {"metafields": {FIELD: kept}},
        Strategy.METAFIELD,
        {"order_by": ["tag", "metafield", "window"], "metafield": FIELD},
    ),
}


def _changed(order_id: str, place: int) -> str:
    return order_id[:place] + str((int(order_id[place]) + 1) % 10) + order_id[place + 1 :]


def _swapped(order_id: str) -> str:
    """Two neighbours that differ."""
    place = next(n for n in range(len(order_id) - 2, 0, -1) if order_id[n] != order_id[n + 1])
    return order_id[:place] + order_id[place + 1] + order_id[place] + order_id[place + 2 :]


ANOTHER_ID: list[Callable[[str], str]] = [
    lambda order_id: f"{order_id}0",
    lambda order_id: f"1{order_id}",
    lambda order_id: f"99{order_id}99",
    lambda order_id: order_id[1:],
    lambda order_id: order_id[:-1],
    lambda order_id: _changed(order_id, len(order_id) - 1),
    lambda order_id: _changed(order_id, 9),
    lambda order_id: _changed(order_id, 2),
    _swapped,
    lambda order_id: str(4035318504086600000 + int(order_id[-5:])),  # its return
    lambda order_id: f"{order_id[:9]} {order_id[9:]}",
    lambda order_id: f"{_changed(order_id, 4)}, {order_id}7, 2{order_id[1:]}",
]
"""What is spelt nearly like an id: it stands in every place that an order has for one."""
ELSEWHERE: list[Options] = [
    lambda order_id: {"tags": [order_id]},
    lambda order_id: {"tags": [f"TikTokReturnID:{order_id}"]},
    lambda order_id: {"tags": [f"XTikTokOrderID:{order_id}", f"TikTokOrderID:{order_id}:2"]},
    lambda order_id: {"tags": [f"TikTok0rderID:{order_id}"], "name": f"#TT-{order_id}"},
    lambda order_id: {"name": f"#TTS-{order_id}-R1"},
    lambda order_id: {"name": f"XTTS-{order_id}"},
    lambda order_id: {"note": f"Replaces {order_id} and 577000000000000001"},
    lambda order_id: {"custom_attributes": {"Replaces": order_id}},
    lambda order_id: {"source_identifier": f"tiktok-{order_id}"},
    lambda order_id: {"metafields": {"custom.tiktok_order": order_id, "other.tiktok_order_id": order_id}},
    lambda order_id: {"metafields": {FIELD: f"{order_id},577000000000000001"}},
]
"""The very id, where no strategy before the last two has it. These look at every text of an order, so what is
not found before must not have it anywhere."""


def _everywhere(near: str, number: int) -> OrderOptions:
    """An order that has this in every place, in big letters or small ones."""
    tag = ("TikTokOrderID:", "tiktokorderid:", "TIKTOKORDERID:")[number % 3]
    return {
        "tags": [f"{tag}{near}", near],
        "name": (f"#{near}", f"#TTS-{near}", f"#tts-{near}")[number % 3],
        "note": f"TikTok Shop order {near}",
        "custom_attributes": {"Order": near},
        "source_identifier": near,
        "metafields": {FIELD: near},
    }


@dataclass
class Crowd:
    """A shop in which every TikTok order is among many that only look like it."""

    world: World
    convention: Convention
    near: int = NEAR
    random: Random = field(default_factory=lambda: Random(20261102))
    right: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """TikTok's orders of ten days, and what was made in Shopify of them."""
        self.world.tables["match"] = dict(self.convention.match)
        self.world.tables["network"] = {"timeout": "60s"}  # ten thousand orders take a busy machine its time
        self.world.pair.shopify.world.filterable_metafields.add(FIELD)
        wanted = {str(self.random.randrange(57 * 10**16, 58 * 10**16)) for _ in range(ORDERS + MISSING)}
        assert len(wanted) == ORDERS + MISSING
        for number, order_id in enumerate(sorted(wanted)):
            at = START - self.random.random() * 10 * DAY
            self.world.pair.tiktok.add_order([], order_id=order_id, created_at=at)
            if number % 4:
                made = at + self.random.random() * 1.9 * DAY
                options = self.convention.kept(order_id)
                self.right[order_id] = self._order(options, made).id
            else:
                self.missing.append(order_id)
        ids = sorted(wanted)
        for number in range(self.near):
            turn, place = divmod(number, len(ids))
            self._near(ids[place], turn + place, wanted)

    def _near(self, order_id: str, number: int, wanted: set[str]) -> None:
        made = self.world.pair.tiktok.orders[order_id].created_at + self.random.random() * 1.9 * DAY
        everywhere = order_id in self.missing or self.convention.strategy is Strategy.WINDOW
        kinds: list[Options] = [] if everywhere else ELSEWHERE
        kind = number % (len(ANOTHER_ID) + len(kinds))
        if kind < len(ANOTHER_ID):
            near = ANOTHER_ID[kind](order_id)
            assert near not in wanted
            self._order(_everywhere(near, number), made)
        else:
            self._order(kinds[kind - len(ANOTHER_ID)](order_id), made)

    def _order(self, options: OrderOptions, made: datetime) -> Order:
        dated: OrderOptions = {**options, "created_at": made}
        return self.world.pair.shopify.add_order(LINES, **dated)

    async def found(self) -> Found:
        """What a cycle finds for all of them."""
        async with self.world.opened() as shop:
            return await find(shop, [*self.right, *self.missing])


@pytest.mark.parametrize("name", CONVENTIONS)
async def test_every_order_is_found_and_no_other_among_ten_thousand(world: World, name: str) -> None:
    """Whatever the connector: all that were imported, each as itself, and none that was not."""
    crowd = Crowd(world, CONVENTIONS[name])

    found = await crowd.found()

    assert {order_id: (gid,) for order_id, gid in crowd.right.items()} == {
        order_id: match.order_ids for order_id, match in found.matches.items()
    }
    assert {CONVENTIONS[name].strategy} == {match.strategy for match in found.matches.values()}
    assert {} == found.search_trouble
    assert NEAR + ORDERS == len(world.pair.shopify.orders)


@pytest.mark.parametrize("name", CONVENTIONS)
async def test_it_is_the_same_where_shopify_finds_more(world: World, name: str) -> None:
    """Parts of names, notes and additional details may be covered by a search; nobody knows."""
    switches = world.pair.shopify.switches
    switches.search_is_partial = switches.default_text_covers_note = True
    switches.default_text_covers_attributes = switches.warnings_need_debug_header = True
    crowd = Crowd(world, CONVENTIONS[name], near=800)

    found = await crowd.found()

    assert {order_id: (gid,) for order_id, gid in crowd.right.items()} == {
        order_id: match.order_ids for order_id, match in found.matches.items()
    }


@pytest.mark.parametrize("name", CONVENTIONS)
async def test_the_refund_is_written_to_that_order(world: World, name: str) -> None:
    """End to end, and nothing to any other."""
    convention = CONVENTIONS[name]
    world.tables["match"] = dict(convention.match)
    world.pair.shopify.world.filterable_metafields.add(FIELD)
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    for number, near in enumerate(ANOTHER_ID):
        world.pair.shopify.add_order(LINES, **_everywhere(near(sold.tiktok.order_id), number))
    order = world.pair.shopify.add_order(LINES, **convention.kept(sold.tiktok.order_id))
    world.refund(sold)

    await world.cycle()

    assert [order] == [one for one in world.pair.shopify.orders if one.refunds]
    assert [2000] == [refund.total_refunded for refund in order.refunds]
