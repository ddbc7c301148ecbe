"""Printing: JSON for programs, tables for terminals, plain lines for everything else."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import click

_WHOLE = ("case", "state", "restock")
"""Columns that are never cut or broken on a terminal, so that they can be copied."""
_LINES = str.maketrans("\t\r\x1b", "   ")
_ONE_LINE = _LINES | str.maketrans("\n", " ")


def as_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_text))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", below: int = 0) -> None:
    """Print a table: framed and coloured on a terminal, tab-separated where it is piped.

    On a terminal the last columns, as many as `below` says, have the width of it under each row instead, and
    so have the widest ones where it is narrow.
    """
    rows = list(rows)
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(cell.translate(_ONE_LINE) for cell in row))
    elif below:
        _with_texts(columns, rows, len(columns) - below)
    else:
        _framed(columns, rows, title)


def _with_texts(columns: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> None:
    from rich.cells import set_cell_size  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    widths = _widths(columns, rows, wide, console.width)

    def line(row: Sequence[str], style: str) -> Text:
        cells = ((row[place], width) for place, width in widths.items())
        text = Text.assemble(*((set_cell_size(x, width), _COLOURS.get(x, style)) for x, width in cells))
        text.rstrip()
        return text

    console.print(line(columns, "bold"))
    for row in rows:
        console.print(line(row, ""))
        under = Table.grid(Column(style="dim"), Column(overflow="fold"), padding=(0, 2, 0, 0))
        for place, (name, text) in enumerate(zip(columns, row, strict=True)):
            if text and place not in widths:
                under.add_row(f"    {name}", Text(text.translate(_LINES)))
        if under.rows:
            console.print(under)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]], wide: int, room: int) -> Mapping[int, int]:
    """The columns of a row, with their widths: where there is no room, the widest one goes under it."""
    from rich.cells import cell_len  # noqa: PLC0415 - only a terminal needs it

    found = {place: max(cell_len(row[place]) for row in (columns, *rows)) + 2 for place in range(wide)}
    while sum(found.values()) - 2 > room:
        places = [place for place in found if columns[place] not in _WHOLE]
        if not places:
            break
        del found[max(places, key=lambda place: found[place])]
    return found


def _framed(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415

    headers = (Column(name, overflow="fold", no_wrap=name in _WHOLE) for name in columns)
    framed = Table(*headers, title=title or None, title_justify="left")
    for row in rows:
        framed.add_row(*(_coloured(escape(cell)) for cell in row))
    Console().print(framed)


_COLOURS = {
    "synced": "green",
    "held": "bold red",
    "due": "yellow",
    "writing": "yellow",
    "tracking": "cyan",
    "skipped": "dim",
    "dismissed": "dim",
    "ok": "green",
    "warning": "yellow",
    "critical": "bold red",
}


def _coloured(cell: str) -> str:
    colour = _COLOURS.get(cell)
    return f"[{colour}]{cell}[/{colour}]" if colour else cell


def colour_of(word: str) -> str | None:
    """The colour of a state, for `click.style`."""
    colour = _COLOURS.get(word, "dim").split()[-1]
    return None if colour == "dim" else colour


@contextmanager
def counting() -> Iterator[Callable[[str, str, int], None]]:
    """Show how much of what was read so far, shop by shop, on a terminal that is not piped into a file."""
    if not sys.stderr.isatty():
        yield lambda _shop, _what, _count: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    read: dict[tuple[str, str], int] = {}
    with Console(stderr=True).status("reading") as status:

        def told(shop: str, what: str, count: int) -> None:
            read[shop, what] = count
            status.update(", ".join(f"{shop}: {count} {what}" for (shop, what), count in read.items()))

        yield told
