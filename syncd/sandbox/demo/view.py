"""What the viewer sees while the story is played: one table that lives, or lines where output is piped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from syncd.sandbox.demo.play import Show
from syncd.sandbox.demo.rows import Row
from syncd.sandbox.demo.script import Scene
from syncd.sandbox.demo.stage import Stage

COLOURS = {
    "synced": "green",
    "held": "bold red",
    "due": "yellow",
    "writing": "bold yellow",
    "tracking": "cyan",
    "skipped": "bright_black",
}
_SCENES = list(Scene)
_COLUMNS = {"case": 22, "TikTok says": 21, "syncd": 9, "Shopify has": 51, "restock": 7}
_WIDTHS = sum(_COLUMNS.values())
_GIVES_WAY = "Shopify has"
"""The column that gives way on a narrow terminal."""


@contextmanager
def watching(console: Console, stage: Stage) -> Iterator[Show]:
    """What to call with each new state of things."""
    if not console.is_terminal:
        yield _Lines(console).show
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        table = _LiveTable(live, stage)
        yield table.show


@dataclass(slots=True)
class _LiveTable:
    """Rows that move through their states; what changed in this scene is bold."""

    live: Live
    stage: Stage
    begun: float = field(default_factory=time.monotonic)
    scene: Scene | None = None
    before: list[Row] = field(default_factory=list)
    latest: list[Row] = field(default_factory=list)

    def show(self, scene: Scene, rows: list[Row]) -> None:
        """Draw everything anew."""
        if scene is not self.scene:
            self.scene, self.before = scene, self.latest or rows
        self.latest = rows
        self.live.update(Group(self._head(scene), self._table(rows), self._foot()), refresh=True)

    def _head(self, scene: Scene) -> Text:
        place = f"{_SCENES.index(scene) + 1} of {len(_SCENES)}"
        title = Text.assemble(
            ("syncd demo", "bold"),
            f"   TikTok Shop -> syncd -> Shopify   scene {place}   {_seconds(self.begun)}\n",
        )
        return title.append(f"{scene.value}\n", "bold magenta")

    def _table(self, rows: list[Row]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
        missing = max(0, _WIDTHS + 2 * len(_COLUMNS) - self.live.console.width)
        for name, width in _COLUMNS.items():
            table.add_column(name, width=width - missing * (name == _GIVES_WAY), no_wrap=True)
        for row, before in zip(rows, self.before, strict=True):
            state = Text(row.state or "...", COLOURS.get(row.state, "bright_black"))
            style = "bold" if row != before else ""
            table.add_row(row.title, row.tiktok, state, row.shopify, row.restocked, style=style)
        return table

    def _foot(self) -> Text:
        daemon, pair = self.stage.daemon, self.stage.pair
        running = daemon.pid is not None
        word = f"running, process {daemon.pid}" if running else "killed" if daemon.starts else "not started"
        return Text.assemble(
            "\ndaemon: ",
            (word, "green" if running else "bold red"),
            f"   calls: {len(pair.tiktok.calls)} to TikTok (reads), {len(pair.shopify.calls)} to Shopify, ",
            f"of these {len(pair.shopify.writes())} writes",
        )


@dataclass(slots=True)
class _Lines:
    """A line for each scene and for each change, with the seconds since the start."""

    console: Console
    begun: float = field(default_factory=time.monotonic)
    scene: Scene | None = None
    latest: dict[str, Row] = field(default_factory=dict)

    def show(self, scene: Scene, rows: list[Row]) -> None:
        """Print what is new."""
        if scene is not self.scene:
            self.scene = scene
            self._print(f"\n{_seconds(self.begun)}  {scene.value}")
        for row in rows:
            if row.state and row != self.latest.get(row.title):
                self._print(f"{_seconds(self.begun)}    {_line(row)}")
                self.latest[row.title] = row

    def _print(self, text: str) -> None:
        self.console.print(text, soft_wrap=True, markup=False, highlight=False)


def _line(row: Row) -> str:
    return f"{row.title:<23}{row.tiktok:<22}{row.state:<10}{row.shopify}"


def _seconds(begun: float) -> str:
    return f"{time.monotonic() - begun:5.1f} s"
