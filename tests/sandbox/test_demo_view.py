"""What `syncd demo` draws fits the terminal, whatever its size."""

from io import StringIO

import pytest
from rich.console import Console
from rich.live import Live

from syncd.sandbox.demo.rows import rows
from syncd.sandbox.demo.script import Chapter, Scene
from syncd.sandbox.demo.stage import Stage
from syncd.sandbox.demo.story import SCRIPTS
from syncd.sandbox.demo.view import LiveTable, chosen, widths

_CUT = "\N{HORIZONTAL ELLIPSIS}"


def drawn(stage: Stage, width: int, height: int) -> list[str]:
    """The lines of the table on such a terminal."""
    console = Console(file=StringIO(), width=width, height=height, force_terminal=True)
    table = LiveTable(stage, Live(console=console, auto_refresh=False))
    for scene in (Scene.ASKED, Scene.PAID):
        table.show(scene, rows(stage, {}))
    lines = console.render_lines(table.drawn(Scene.PAID, rows(stage, {})))
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (120, 45), (200, 60)])
def test_it_has_no_more_lines_than_the_terminal(stage: Stage, size: tuple[int, int]) -> None:
    """And none that is too long; what is not shown is counted."""
    width, height = size
    lines = drawn(stage, width, height)
    shown = [script.title for script in SCRIPTS if any(script.title in line for line in lines)]
    hidden = len(SCRIPTS) - len(shown)
    assert len(lines) < height
    assert max(map(len, lines)) <= width
    assert any(f"and {hidden} more" in line for line in lines) is bool(hidden)


@pytest.mark.parametrize("width", [105, 110, 120, 160])
def test_forty_lines_show_every_case(stage: Stage, width: int) -> None:
    """With nothing cut but what Shopify has, and each chapter named once."""
    lines = drawn(stage, width, 40)
    before = sum(own + 1 for name, own in widths(width).items() if name not in {"Shopify has", "stock"})
    assert [script.title for script in SCRIPTS if not any(script.title in line for line in lines)] == []
    assert [line for line in lines if _CUT in line[:before]] == []
    kinds = [line[:7].strip() for line in lines[4:-1]]
    assert [kind for kind in kinds if kind] == [chapter.name.lower() for chapter in Chapter]


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_the_columns_fill_no_more_than_the_width(width: int) -> None:
    """With a blank between two."""
    found = widths(width)
    assert sum(found.values()) + len(found) - 1 <= max(width, 53)
    assert min(found.values()) > 0


def test_where_there_is_no_room_for_all_the_latest_are_shown() -> None:
    """In their own order, with a line left for the number of the others."""
    assert chosen([0, 3, 1, 0, 2], 4) == [1, 2, 4]
    assert chosen([0, 0, 0], 3) == [0, 1, 2]
    assert chosen([5, 0, 5], 0) == []
