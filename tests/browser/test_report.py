"""The HTML report in a real browser."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from syncd.model.cases import CaseLine
from syncd.report.html import page
from syncd.report.rows import CaseRow, Reconciliation, Result
from tests.browser.conftest import Screen, Theme
from tests.report.examples import row, usd

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def _rows() -> list[CaseRow]:
    """Some of each result over a month, with long texts and ids."""
    rows = []
    for number in range(60):
        result = list(Result)[number % len(Result)]
        at = NOW - timedelta(days=number % 30, hours=number)
        rows.append(
            row(
                f"{number}.99",
                None if result is Result.MISSING else f"{number}.99",
                result,
                reason=f"A reason that is told in many words, number {number % 5}",
                detail="gid://shopify/Refund/4035000000000000012" if number % 2 else "",
                paid_back_at=at,
                refunded_at=at + timedelta(minutes=number * 3),
                lines=(CaseLine("1", "1", f"SKU-{number % 7}-WITH-A-LONG-NAME", usd("1.00")),),
            )
        )
    return rows


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A report with all sorts of differences."""
    held = [(date(2026, 10, 20) + timedelta(days=day), day % 9) for day in range(31)]
    found = Reconciliation("us", NOW - timedelta(days=40), NOW, _rows(), held_by_day=held)
    file = tmp_path / "report.html"
    file.write_text(page([found, Reconciliation("uk", NOW - timedelta(days=40), NOW)], NOW))
    return file.as_uri()


async def test_anybody_can_read_it(screen: Screen, url: str, shown: tuple[Theme, int]) -> None:
    """Nothing is too wide, fetched from elsewhere, complained about, or found by an accessibility checker."""
    async with screen.open(url, *shown) as look:
        assert look.asked == [url]
        assert look.complaints == []
        assert await look.overflow() == 0
        assert await look.violations() == []


async def test_on_paper_it_is_dark_on_white(screen: Screen, url: str) -> None:
    """Whatever the screen is like, and without what only a screen can do."""
    async with screen.open(url, "dark") as look:
        await look.page.emulate_media(media="print")
        back = await look.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert back == "rgb(255, 255, 255)"
        assert await look.page.locator(".charts details").first.is_hidden()
        assert (await look.page.pdf()).startswith(b"%PDF")


async def test_it_can_be_walked_through_by_keyboard(screen: Screen, url: str) -> None:
    """Regions that scroll, and figures that unfold, are reached by Tab and opened by Enter."""
    async with screen.open(url) as look:
        reached = set()
        for _ in range(40):
            await look.page.keyboard.press("Tab")
            reached.add(await look.page.evaluate("document.activeElement.tagName"))
        assert reached >= {"DIV", "SUMMARY"}
        summary = look.page.locator("summary").first
        await summary.focus()
        await look.page.keyboard.press("Enter")
        assert await look.page.locator("details").first.get_attribute("open") is not None
