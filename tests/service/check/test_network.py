"""The way to both sides, the clock, and what a monitoring system sees."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from syncd.config import Settings
from syncd.config.tables import Metrics, Shop, Shopify, TikTok
from syncd.sandbox.clock import HandClock
from syncd.service.check.network import Network
from syncd.service.health import Level

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


class World:
    """Answers everything with a time of its own."""

    def __init__(self) -> None:
        self.clock = HandClock(NOW)
        self.ahead = timedelta()
        self.status = 200
        self.dated = True

    def answer(self, _request: httpx.Request) -> httpx.Response:
        self.clock.advance(2)  # the way there and back
        server = self.clock.now() - timedelta(seconds=1) - self.ahead
        headers = {"date": format_datetime(server, usegmt=True)} if self.dated else {}
        return httpx.Response(self.status, headers=headers)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(world.answer)) as http:
        yield http


def settings(*, listen: str = "", textfile: str = "") -> Settings:
    """Two shops of one seller."""
    shop = Shop(tiktok=TikTok(app_key="6abc"), shopify=Shopify(domain="acme.myshopify.com"))
    return Settings.model_construct(
        shops={"us": shop, "uk": shop},
        metrics=Metrics.model_construct(listen=listen, textfile=textfile),
        network=Settings.model_construct().network,
    )


def test_each_address_once(http: httpx.AsyncClient, world: World) -> None:
    """However many shops use it."""
    bases = Network(http, settings(), world.clock).bases(["us", "uk"])
    assert list(bases) == [
        "https://acme.myshopify.com",
        "https://open-api.tiktokglobalshop.com",
        "https://auth.tiktok-shops.com",
    ]


@pytest.mark.parametrize("status", [200, 404, 503])
async def test_any_answer_is_an_answer(http: httpx.AsyncClient, world: World, status: int) -> None:
    """What it says is not the question here."""
    world.status = status
    [found] = await Network(http, settings(), world.clock).reach("https://acme.example", "Shopify")
    assert (found.level, found.what) == (Level.OK, "Shopify, acme.example, answers in 2000 ms")


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [
        (0, Level.OK, "the clock is right"),
        (-4, Level.OK, "the clock is right"),
        (8, Level.WARNING, "the clock is 8 s ahead"),
        (-200, Level.WARNING, "the clock is 200 s behind"),
        (29, Level.CRITICAL, "the clock is 29 s ahead: TikTok refuses requests"),
        (-280, Level.CRITICAL, "the clock is 280 s behind: TikTok refuses requests"),
    ],
)
async def test_the_clock(
    http: httpx.AsyncClient, world: World, seconds: int, level: Level, words: str
) -> None:
    """Ahead is worse than behind; the way of the answer is taken into account."""
    world.ahead = timedelta(seconds=seconds)
    network = Network(http, settings(), world.clock)
    await network.reach("https://acme.example", "Shopify")
    [found] = await network.clock()
    assert (found.level, found.what) == (level, words)


async def test_one_odd_clock_of_theirs_is_outvoted(http: httpx.AsyncClient, world: World) -> None:
    """Most of them are right."""
    network = Network(http, settings(), world.clock)
    for ahead in (0, 3600, 1):
        world.ahead = timedelta(seconds=ahead)
        await network.reach("https://acme.example", "Shopify")
    assert [found.level for found in await network.clock()] == [Level.OK]


async def test_no_time_to_compare_with(http: httpx.AsyncClient, world: World) -> None:
    """It is told that nothing was compared."""
    world.dated = False
    network = Network(http, settings(), world.clock)
    await network.reach("https://acme.example", "Shopify")
    assert [found.level for found in await network.clock()] == [Level.WARNING]


@pytest.mark.parametrize(("status", "level"), [(200, Level.OK), (503, Level.WARNING)])
async def test_metrics_that_are_served(
    http: httpx.AsyncClient, world: World, status: int, level: Level
) -> None:
    """While the daemon runs they are asked for."""
    world.status = status
    network = Network(http, settings(listen="127.0.0.1:9464"), world.clock)
    assert [found.level for found in await network.metrics(running=True)] == [level]
    [found] = await network.metrics(running=False)
    assert (found.level, found.what) == (Level.OK, "not looked at: the daemon does not run")


@pytest.mark.parametrize(("age", "level"), [(10, Level.OK), (900, Level.WARNING), (None, Level.WARNING)])
async def test_metrics_that_are_written(
    http: httpx.AsyncClient, world: World, tmp_path: Path, age: int | None, level: Level
) -> None:
    """The file must be there and fresh."""
    path = tmp_path / "metrics.prom"
    if age is not None:
        path.touch()
        os.utime(path, (world.clock.now().timestamp() - age,) * 2)
    network = Network(http, settings(textfile=str(path)), world.clock)
    assert [found.level for found in await network.metrics(running=True)] == [level]
