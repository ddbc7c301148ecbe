"""How far a backfill is: bars in a terminal, a line for each change elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from syncd.service.backfill import Tallies, Tally

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """Shows a bar for each shop as long as it is entered."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Begin to show."""
        if sys.stdout.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415 - slow to load
            from rich.progress import Progress as Bars  # noqa: PLC0415

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bars = Bars(*columns, TextColumn("{task.fields[told]}"))
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; the last bar stays."""
        if self._bars:
            self._bars.stop()

    def show(self, tallies: Tallies) -> None:
        """Tell how far each shop is."""
        for name, one in tallies.items():
            if self._bars:
                self._bar(self._bars, name, one)
            elif self._said.get(name) != (said := f"{one.ready} of {one.total}{_told(one)}"):
                self._said[name] = said
                click.echo(f"{name}: {said}")

    def _bar(self, bars: "Bars", name: str, one: Tally) -> None:
        if name not in self._tasks:
            self._tasks[name] = bars.add_task(name, total=one.total, told="")
        bars.update(self._tasks[name], completed=one.ready, told=_told(one).removeprefix(", "))


def _told(one: Tally) -> str:
    parts = [f"{count} {state}" for state, count in sorted(one.done.items())]
    parts += [f"{one.queued} not begun"] if one.queued else []
    return "".join(f", {part}" for part in parts)
