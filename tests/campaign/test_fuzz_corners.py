"""Bugs that spoilt answers have shown, each with the shortest answer that shows it."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import httpx
import pytest

from syncd.model.cases import ReturnStatus
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, Front
from syncd.sandbox.http import html_reply
from syncd.sandbox.inline import InlineTransport
from tests.campaign.disks.world import QuickWorld
from tests.campaign.fuzz.bench import Logins
from tests.campaign.fuzz.good import Scenario, scenarios
from tests.campaign.fuzz.line import Said, name_of
from tests.campaign.fuzz.play import Ending, Player, Trial
from tests.campaign.place import no_log_lines, quick_folder

GRANT = "/admin/oauth/access_token"
SEARCH = "/return_refund/202309/returns/search"
CALLS = {
    "a token for -1e30 s": ("token", GRANT, r'"expires_in":\s*\d+', f'"expires_in":{-(10**30)}'),
    "half a character in Shopify's token": ("token", GRANT, r'"shpat_\w+"', r'"\\ud800"'),
    "half a character in TikTok's refresh token": (
        "token/refresh",
        "/api/v2/token/refresh",
        r'"refresh_token":\s*"[^"]+"',
        r'"refresh_token":"\\ud800"',
    ),
    "half a character in a page token": (
        "returns/search 202309",
        SEARCH,
        r'"next_page_token":\s*"[^"]*"',
        r'"next_page_token":"\\ud800"',
    ),
    "half a character in a cursor": (
        "FindOrders",
        "FindOrders",
        r'"hasNextPage":\s*false,\s*"endCursor":\s*"[^"]+"',
        r'"hasNextPage":true,"endCursor":"\\ud800"',
    ),
    "a token that fits no header": ("FindOrders", GRANT, r'"shpat_\w+"', r'"\\u00e9"'),
    "a moment after the last one": (
        "ReadOrder",
        "ReadOrder",
        r'"createdAt":\s*"[^"]+"',
        '"createdAt":"9999-12-31T23:59:59-14:00"',
    ),
    "a bucket that hardly fills": (
        "throttled",
        "CreateRefund",
        r'"restoreRate":\s*100.0',
        '"restoreRate":1e-320',
    ),
    "a bucket far below nothing": (
        "ReadOrder",
        "ReadOrder",
        r'"currentlyAvailable":\s*[\d.]+',
        '"currentlyAvailable":-900000000',
    ),
    "data of another field": ("CreateRefund", "CreateRefund", r'"data":\s*{"refundCreate"', '"data":{"x"'),
    "data twice": (
        "too much",
        "CreateRefund",
        r"^{",
        '{"data":{"refundCreate":{"refund":{"id":"1"},"userErrors":[]}},',
    ),
    "errors that are half understood": (
        "throttled",
        "CreateRefund",
        r'"errors":\s*\[',
        '"errors":[["TIMEOUT"],',
    ),
    "data that is a list": (
        "denied",
        "CreateRefund",
        r'"data":\s*{"refundCreate":\s*null}',
        '"data":[{"refundCreate":{}}]',
    ),
    "a refund without fields": ("too much", "CreateRefund", r'"refund":\s*null', '"refund":{}'),
}
"""The call, whose answer, what stands in it, and what instead."""


@pytest.fixture(scope="module")
def good() -> tuple[Logins, tuple[Scenario, ...]]:
    """Every call with its good answers."""
    return scenarios()


def bent(said: Said, old: str, new: str) -> Said:
    """The answer with another text at one place."""
    body = re.sub(old, new, said.body.decode(), count=1).encode()
    assert body != said.body, said.body
    return replace(said, body=body)


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_ends_well_in_spite_of(name: str, good: tuple[Logins, tuple[Scenario, ...]]) -> None:
    """It ends with a value or an error of ours, and claims nothing that is not proven."""
    call, whose, old, new = CALLS[name]
    [scenario] = [one for one in good[1] if one.name == call]
    exchange = next(one for other in (scenario, *good[1]) for one in other.exchanges if one.name == whose)
    player = Player(*good)
    ending = await player.end_of(Trial(0, scenario, exchange, bent(exchange.said, old, new), name, 99))
    await player.bench.close()

    assert Ending(ending.outcome) == ending


class BentWorld(QuickWorld):
    """A world in which the answers to one sort of request are other ones."""

    bend: tuple[str, str, str] = ("", "", "")
    times = 0

    def line(self, fronts: Mapping[str, Front]) -> httpx.AsyncBaseTransport:
        """A way of its own for every process."""
        return Bending(self, InlineTransport(fronts))


class Bending(httpx.AsyncBaseTransport):
    """Bends answers as long as the world says so."""

    def __init__(self, world: BentWorld, way: httpx.AsyncBaseTransport) -> None:
        self._world = world
        self._way = way

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over, and its answer back."""
        response = await self._way.handle_async_request(request)
        whose, old, new = self._world.bend
        if name_of(request) != whose or not self._world.times:
            return response
        self._world.times -= 1
        said = Said(response.status_code, tuple(response.headers.raw), await response.aread())
        return bent(said, old, new).response()


@pytest.fixture
def world() -> Iterator[BentWorld]:
    """Both sides, and an empty folder."""
    with no_log_lines(), quick_folder() as folder:
        yield BentWorld(folder)


def a_cycle(world: BentWorld, minutes: int = 1) -> None:
    """One more process, some time later."""
    world.clock.advance(minutes * 60)
    asyncio.run(world.cycle())


def test_a_token_that_cannot_be_sent_does_not_end_the_process(world: BentWorld) -> None:
    """The next cycle asks for another one, and all goes on."""
    world.refund()
    world.bend, world.times = (GRANT, r'"shpat_\w+"', r'"\\u00e9"'), 1
    for _ in range(3):
        a_cycle(world, 60)

    assert [] == world.findings()


@pytest.mark.parametrize(
    ("old", "new"),
    [(r'"return_orders":', '"x":'), (r'"return_orders":\s*\[.*\]', '"return_orders":[]')],
    ids=["without the list", "with an empty list"],
)
def test_a_page_without_the_rows_that_it_counts_is_not_believed(world: BentWorld, old: str, new: str) -> None:
    """Its total says that rows are there: the watermark stays where it is."""
    a_cycle(world)
    case = world.refund()
    world.bend, world.times = (SEARCH, old, new), 1
    a_cycle(world, 60)
    a_cycle(world, 60)

    assert [case.return_id] == [known.case_id for known in world.cases()]


def test_a_list_that_lost_its_return_is_no_proof(world: BentWorld) -> None:
    """The order itself tells that it has one, in the same version."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    world.bend, world.times = ("ReadReturns", r'"nodes":\s*\[.*\](?=,\s*"pageInfo":[^\[]*$)', '"nodes":[]'), 1
    a_cycle(world)

    assert 1 == len(world.agreed[case.return_id][1].shopify.returns)


def test_a_list_that_lost_its_refund_is_no_proof(world: BentWorld) -> None:
    """The order itself tells that it has one, in the same version; keys are ignored, the store is lost."""
    world.pair.shopify.switches.keys_ignored = True
    case = world.refund()
    a_cycle(world)
    world.bend, world.times = ("ReadRefunds", r'"refunds":\s*\[.*\]', '"refunds":[]'), 1
    world.clock.advance(3600)
    asyncio.run(world.cycle("another.db"))

    assert 1 == len(world.refunds_of(case))


@pytest.mark.parametrize("status", [400, 406, 422])
def test_a_page_from_in_between_holds_no_case(world: BentWorld, status: int) -> None:
    """A proxy's page is none of Shopify's answers: the read is tried again later."""
    world.refund()
    page = html_reply("<h1>Bad request</h1>", status)
    world.faults.add(Fault(FaultKind.REPLY, "order", reply=page))
    a_cycle(world)

    assert Reason.INTERNAL_ERROR not in {case.reason for case in world.cases()}
