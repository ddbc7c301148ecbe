"""A page in a headless Chromium, and what is wrong with it. Skipped where there is no Chromium."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
PHONE, DESK = 390, 1280
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(slots=True)
class Look:
    """One page as it came up, with what it asked for and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        root = "document.documentElement"
        found: int = await self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        return found

    async def violations(self) -> list[str]:
        """What an accessibility checker finds."""
        found = await Axe().run(self.page)
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


@dataclass(frozen=True, slots=True)
class Screen:
    """A browser that opens pages."""

    browser: Browser

    @asynccontextmanager
    async def open(self, url: str, theme: Theme = "light", width: int = DESK) -> AsyncIterator[Look]:
        """The page at that address."""
        context = await self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        look = Look(await context.new_page())
        look.page.on("request", lambda request: look.asked.append(request.url))
        look.page.on("console", lambda message: look.complaints.append(message.text))
        look.page.on("pageerror", lambda error: look.complaints.append(str(error)))
        await look.page.goto(url)
        yield look
        await context.close()


@pytest.fixture
async def screen() -> AsyncIterator[Screen]:
    """A Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield Screen(browser)
        await browser.close()


@pytest.fixture(params=[(theme, width) for theme in THEMES for width in (PHONE, DESK)], ids=str)
def shown(request: pytest.FixtureRequest) -> tuple[Theme, int]:
    """Each theme, on a phone and on a desk."""
    found: tuple[Theme, int] = request.param
    return found
