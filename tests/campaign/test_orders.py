"""The oracle's own way to read Shopify's orders sees what the program sees through HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import httpx
import pytest

from syncd.http import build_http
from syncd.model import mark
from syncd.model.orders import Order as Read
from syncd.sandbox import pair as sandbox
from syncd.sandbox.inline import InlineTransport
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.order import Order as Made
from syncd.shopify.client import ShopifyClient
from syncd.shopify.reads import read_order
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Throttle
from syncd.shopify.tokens import Tokens
from tests.campaign.engine.loop import TrueClock, VirtualLoop
from tests.campaign.engine.orders import order_of
from tests.campaign.engine.stage import SHOPIFY, Stage
from tests.campaign.engine.world import World
from tests.campaign.place import quick_folder
from tests.memory import TokenTable

_SEEDS = range(12)
_NOBODY = "1"
"""A case that is on no order."""


@dataclass(frozen=True)
class Seen:
    """An order in both ways, with the claim of the same case."""

    made: Made
    own: Read
    read: Read


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """Every order of some worlds as it is in the end, once for each of its cases."""
    return [one for seed in _SEEDS for one in orders_of(seed)]


def orders_of(seed: int) -> Iterator[Seen]:
    """The orders of one world."""
    with quick_folder() as folder:
        world = World(seed, folder)
        world.run()
    stage = world.stage
    cases = list(stage.pair.tiktok.returns.seen_at(stage.clock.now()))
    for order_id, order in stage.oracle.orders.items():
        for case_id in (_NOBODY, *(one.return_id for one in cases if one.order.order_id == order_id)):
            yield Seen(order, order_of(order, case_id), through_http(stage, order, case_id))


def through_http(stage: Stage, order: Made, case_id: str) -> Read:
    """As the program reads it. The time is the world's, or no bucket would ever fill again."""
    loop = VirtualLoop(stage.schedule.time)
    try:
        found = loop.run_until_complete(_read(stage.pair, stage.clock, order, case_id))
    finally:
        loop.close()
    assert found is not None
    return found


async def _read(pair: Pair, clock: TrueClock, order: Made, case_id: str) -> Read | None:
    settings = ShopifySettings(
        domain=pair.shopify.domain,
        api_base=SHOPIFY,
        client_id="client-id",
        client_secret=sandbox._CLIENT_SECRET,
    )
    network: httpx.AsyncBaseTransport = InlineTransport({SHOPIFY: pair.shopify_server.front})
    async with build_http(transport=network) as http:
        tokens = Tokens(http, settings, TokenTable(), clock)
        client = ShopifyClient(http, settings, tokens, Throttle(clock), clock, random=Random(1))
        return await read_order(client, order.id, mark.claim_key(case_id))


def test_both_see_the_same(seen: list[Seen]) -> None:
    """Every field of every order."""
    assert [one.read for one in seen] == [one.own for one in seen]


def test_the_orders_differ_in_what_there_is_to_see(seen: list[Seen]) -> None:
    """Each part of an order is there in some and not in others."""
    orders = [one.own for one in seen]
    lines = [back for order in orders for one in order.returns for back in one.reverse_lines]
    parts: dict[str, set[bool]] = {
        "archived": {order.archived for order in orders},
        "claim": {order.claim is not None for order in orders},
        "refunds": {bool(order.refunds) for order in orders},
        "returns": {bool(order.returns) for order in orders},
        "shipments": {bool(order.fulfillments) for order in orders},
        "unshipped": {any(line.unfulfilled for line in order.lines) for order in orders},
        "shipping left": {bool(order.shipping_left) for order in orders},
        "dispositions": {bool(line.dispositions) for line in lines},
        "through a return": {bool(one.return_id) for order in orders for one in order.refunds},
        "lines of a refund": {bool(one.lines) for order in orders for one in order.refunds},
    }

    assert all(seen == {True, False} for seen in parts.values()), parts
    assert {"USD", "VND", "KWD"} == {order.currency for order in orders}


def test_what_staff_restocked_is_left_out(seen: list[Seen]) -> None:
    """The dispositions that are named, and no others."""
    order, ids = next((one.made, ids) for one in seen if (ids := _dispositions(one.made)))

    assert len(ids) == _decided(order_of(order, _NOBODY))
    assert len(ids) - 1 == _decided(order_of(order, _NOBODY, ids[:1]))


def _dispositions(order: Made) -> list[str]:
    lines = (
        line for one in order.returns for back in one.reverse_fulfillment_orders for line in back.line_items
    )
    return [each.id for line in lines for each in line.dispositions]


def _decided(order: Read) -> int:
    return sum(len(line.dispositions) for one in order.returns for line in one.reverse_lines)
