"""What a command prints on a terminal, as it happens."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyte


@dataclass(frozen=True, slots=True)
class Size:
    """Of a terminal, in characters."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look beside each other, from that column on."""

    column: int
    text: str
    colour: str
    bold: bool


Line = tuple[Run, ...]
Output = tuple[float, bytes]
"""Seconds since the start, and what was printed then."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on the screen from that second on."""

    at: float
    lines: tuple[Line, ...]


def record(command: Sequence[str], size: Size) -> Iterator[Output]:
    """Run it on a terminal of its own.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))
    room = {"COLUMNS": str(size.columns), "LINES": str(size.rows), "TERM": "xterm-256color"}
    started = time.monotonic()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, env={**os.environ, **room}) as process:
        os.close(theirs)
        while chunk := _read(ours):
            yield time.monotonic() - started, chunk
    os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _read(terminal: int) -> bytes:
    """What comes next; nothing once nobody can write any more."""
    select.select([terminal], [], [])
    try:
        return os.read(terminal, 65_536)
    except OSError:  # that is how Linux says so
        return b""


def until(outputs: Sequence[Output], words: bytes) -> list[Output]:
    """What was printed before those words."""
    found = []
    for at, chunk in outputs:
        before, end, _ = chunk.partition(words)
        found.append((at, before))
        if end:
            break
    return found


def frames(outputs: Sequence[Output], size: Size, pace: float) -> list[Frame]:
    """The screen, looked at each `pace` seconds, where it has changed."""
    screen = pyte.Screen(size.columns, size.rows)
    stream = pyte.ByteStream(screen)
    found: list[Frame] = []
    for tick, chunks in groupby(outputs, key=lambda output: int(output[0] / pace)):
        for _, chunk in chunks:
            stream.feed(chunk)
        lines = tuple(_line(screen, row) for row in range(size.rows))
        if not found or found[-1].lines != lines:
            found.append(Frame(tick * pace, lines))
    return found


def _line(screen: pyte.Screen, row: int) -> Line:
    cells = ((column, screen.buffer[row][column]) for column in range(screen.columns))
    runs = []
    for (colour, bold), group in groupby(cells, key=lambda cell: (cell[1].fg, cell[1].bold)):
        whole = list(group)
        text = "".join(cell.data for _, cell in whole).rstrip()
        if text:
            runs.append(Run(whole[0][0], text, colour, bold))
    return tuple(runs)
