"""Printing: JSON for programs, tables for terminals, plain lines for everything else."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

import click

_WHOLE = ("case", "state", "restock")
"""Columns that are never cut or broken on a terminal, so that they can be copied."""
_ONE_LINE = str.maketrans("\t\r\n\x1b", "    ")


def as_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_text))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """Print a table: framed and coloured on a terminal, tab-separated where it is piped."""
    rows = list(rows)
    if sys.stdout.isatty():
        _framed(columns, rows, title)
        return
    for row in (columns, *rows):
        click.echo("\t".join(cell.translate(_ONE_LINE) for cell in row))


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
