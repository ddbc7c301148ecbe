"""One check must not hide the others."""

import asyncio

from syncd.errors import NotReached
from syncd.service.check.result import Result, critical, fine, guarded
from syncd.service.health import Level


async def test_what_is_found_is_told_of_its_shop() -> None:
    """From a check that waits, and from one that does not."""

    async def waits() -> list[Result]:
        return [fine("clock", "right")]

    assert await guarded("clock", waits, shop="us") == [Result(Level.OK, "clock", "right", shop="us")]
    assert await guarded("disk", lambda: [critical("disk", "full", "make room")]) == [
        Result(Level.CRITICAL, "disk", "full", "make room")
    ]


async def test_an_error_is_one_more_finding() -> None:
    """With its hint; what nobody expected without its text, which may hold anything."""

    async def away() -> list[Result]:
        raise NotReached("no connection", api="shopify", operation="ReadShop", hint="look at the cable")

    async def broken() -> list[Result]:
        raise LookupError("canary")

    async def slow() -> list[Result]:
        await asyncio.sleep(60)
        return []

    [first] = await guarded("login", away)
    assert (first.level, first.what) == (Level.CRITICAL, "no connection (shopify ReadShop)")
    assert first.remedy == "look at the cable"
    [second] = await guarded("login", broken)
    assert second.what == "this is a fault of the program: LookupError"
    [third] = await guarded("login", slow, patience=0.01)
    assert third.what == "took longer than 0.01 s"
