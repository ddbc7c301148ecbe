"""What the viewer sees while the story is played: one table that lives, or lines where output is piped."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from syncd.sandbox.demo.play import Show
from syncd.sandbox.demo.programs import Typed
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
_COLUMNS = {"kind": 7, "case": 22, "TikTok says": 20, "syncd": 8, "Shopify has": 46, "stock": 11}
_GIVES_WAY = "Shopify has"
"""The column that gives way on a narrow terminal."""
_LEFT_OUT = frozenset({"kind", "stock"})
"""The columns that are left out on a very narrow one."""
_NARROW = 105
_TABLE_HEAD = 2


@contextmanager
def watching(console: Console, stage: Stage) -> Iterator[Show]:
    """What to call with each new state of things."""
    if not console.is_terminal:
        yield _Lines(console, stage).show
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveTable(stage, live).show


def widths(width: int) -> dict[str, int]:
    """The columns that fit so wide a terminal, each with its width; a blank is between two."""
    shown = {name: own for name, own in _COLUMNS.items() if width >= _NARROW or name not in _LEFT_OUT}
    missing = max(0, sum(shown.values()) + len(shown) - 1 - width)
    return shown | {_GIVES_WAY: max(1, shown[_GIVES_WAY] - missing)}


def chosen(changed: Sequence[int], room: int) -> list[int]:
    """Which rows are shown where there is room for so many lines: if not all, then what changed last.

    `changed` is when each row changed, in any unit. One line is then left for the number of the others.
    """
    everything = range(len(changed))
    if len(changed) <= room:
        return list(everything)
    return sorted(sorted(everything, key=lambda place: -changed[place])[: max(0, room - 1)])


@dataclass(slots=True)
class LiveTable:
    """Rows that move through their states; what changed in this scene is bold."""

    stage: Stage
    live: Live
    begun: float = field(default_factory=time.monotonic)
    scene: Scene | None = None
    before: list[Row] = field(default_factory=list)
    latest: list[Row] = field(default_factory=list)
    drawings: int = 0
    changed: list[int] = field(default_factory=list)

    def show(self, scene: Scene, rows: list[Row]) -> None:
        """Draw everything anew."""
        if scene is not self.scene:
            self.scene, self.before = scene, self.latest or rows
        self.drawings += 1
        self.changed = [
            self.drawings if row != before else at
            for row, before, at in zip(
                rows, self.latest or rows, self.changed or [0] * len(rows), strict=True
            )
        ]
        self.latest = rows
        self.live.update(self.drawn(scene, rows), refresh=True)

    def drawn(self, scene: Scene, rows: list[Row]) -> Group:
        """All of it, in as many lines as the terminal has."""
        console = self.live.console
        head, foot = self._head(scene), self._foot()
        beside = sum(len(text.wrap(console, console.width)) for text in (head, foot)) + _TABLE_HEAD
        places = chosen(self.changed, console.height - beside - 1)
        table = self._table([(rows[place], rows[place] != self.before[place]) for place in places])
        others = len(rows) - len(places)
        more = [Text(f"and {others} more: a higher terminal shows all", "bright_black")] if others else []
        return Group(head, table, *more, foot)

    def _head(self, scene: Scene) -> Text:
        place = f"{_SCENES.index(scene) + 1} of {len(_SCENES)}"
        head = Text.assemble(
            ("syncd demo", "bold"),
            f"   TikTok Shop -> syncd -> Shopify   scene {place}   {_seconds(self.begun)}\n",
            (scene.value, "bold magenta"),
        )
        typed = self.stage.staff.typed
        return head.append(f"\n{typed[-1]}", "bold") if typed and scene is Scene.INSPECTED else head

    def _table(self, rows: list[tuple[Row, bool]]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
        columns = widths(self.live.console.width)
        for name, width in columns.items():
            table.add_column(name, width=width, no_wrap=True)
        chapter = None
        for row, moved in rows:
            kind = row.chapter.name.lower() if row.chapter is not chapter else ""
            chapter = row.chapter
            cells: dict[str, str | Text] = {
                "kind": Text(kind, "magenta"),
                "case": row.title,
                "TikTok says": row.tiktok,
                "syncd": Text(row.state or "...", COLOURS.get(row.state, "bright_black")),
                "Shopify has": row.shopify,
                "stock": row.stock,
            }
            table.add_row(*(cells[name] for name in columns), style="bold" if moved else "")
        return table

    def _foot(self) -> Text:
        daemon, pair = self.stage.daemon, self.stage.pair
        word = f"process {daemon.pid}" if daemon.pid else "killed" if daemon.starts else "not started"
        return Text.assemble(
            "daemon: ",
            (word, "green" if daemon.pid else "bold red"),
            f"   calls: {len(pair.tiktok.calls)} to TikTok (reads), {len(pair.shopify.calls)} to Shopify ",
            f"({len(pair.shopify.writes())} writes)",
        )


@dataclass(slots=True)
class _Lines:
    """A line for each scene and for each change, with the seconds since the start."""

    console: Console
    stage: Stage
    begun: float = field(default_factory=time.monotonic)
    scene: Scene | None = None
    latest: dict[str, Row] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def show(self, scene: Scene, rows: list[Row]) -> None:
        """Print what is new."""
        if scene is not self.scene:
            self.scene = scene
            self._print(f"\n{_seconds(self.begun)}  {scene.value}")
        for typed in self.stage.staff.typed:
            self._tell(typed)
        for row in rows:
            if row.state and row != self.latest.get(row.title):
                self._print(f"{_seconds(self.begun)}    {_line(row)}")
                self.latest[row.title] = row

    def _tell(self, typed: Typed) -> None:
        for text in (str(typed), typed.said):
            if text and text not in self.told:
                self.told.add(text)
                self._print(f"{_seconds(self.begun)}    {text}")

    def _print(self, text: str) -> None:
        self.console.print(text, soft_wrap=True, markup=False, highlight=False)


def _line(row: Row) -> str:
    return f"{row.title:<23}{row.tiktok:<21}{row.state:<9}{row.shopify}"


def _seconds(begun: float) -> str:
    return f"{time.monotonic() - begun:5.1f} s"
