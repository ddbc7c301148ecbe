"""The status page in a real browser."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import Screen, Theme
from tests.service.metrics.watched import Watched, watching
from tests.sync.world import World


@contextmanager
def site(folder: Path) -> Iterator[Watched]:
    """A world that is worked on and watched."""
    world = World(folder)
    with world.pair.serving(), watching(world) as watched:
        yield watched


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """With cases of several sorts."""
    with site(tmp_path) as watched:
        world = watched.world
        for _ in range(3):
            world.refund()
        world.return_()
        world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False))
        world.refund(world.pair.sell({"SHIRT": "20.00"}, name=f"#{'X' * 60}"))
        await watched.cycle()
        yield watched


def _url(watched: Watched, path: str) -> str:
    return f"http://127.0.0.1:{watched.metrics.port}{path}"


@pytest.mark.parametrize("path", ["/", "/cases", "/case", "/charts", "/cases?state=odd"])
async def test_anybody_can_read_it(
    screen: Screen, watched: Watched, path: str, shown: tuple[Theme, int]
) -> None:
    """Nothing is too wide, fetched from elsewhere, or found by an accessibility checker."""
    if path == "/case":
        path = f"/case?name={next(iter(watched.world.agreed))}"
    async with screen.open(_url(watched, path), *shown) as look:
        assert {url.split("?")[0] for url in look.asked} <= {
            _url(watched, path.split("?")[0]),
            _url(watched, "/style.css"),
            "data:,",
        }
        assert look.complaints == [] or path == "/cases?state=odd"
        assert await look.overflow() == 0
        assert await look.violations() == []


async def test_a_case_is_found_without_a_mouse(screen: Screen, watched: Watched) -> None:
    """By the keyboard alone: to the form, a name typed, the case opened."""
    wanted = next(iter(watched.world.agreed))
    async with screen.open(_url(watched, "/cases")) as look:
        page = look.page
        for _ in range(10):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.name") == "name":
                break
        await page.keyboard.type(wanted)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**name=**")
        assert await page.locator("tbody tr").count() == 1
        await page.locator("tbody a").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/case?name=**")
        assert wanted in await page.locator("h1").inner_text()


async def test_the_first_tab_leads_past_the_menu(screen: Screen, watched: Watched) -> None:
    """For those who hear the page read out."""
    async with screen.open(_url(watched, "/")) as look:
        await look.page.keyboard.press("Tab")
        assert await look.page.evaluate("document.activeElement.className") == "skip"
        await look.page.keyboard.press("Enter")
        assert await look.page.evaluate("document.activeElement.id") == "content"
