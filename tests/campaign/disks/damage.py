"""Damage to the files of a store, by number: the same number is the same damage."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from syncd.store.migrations import STEPS
from tests.campaign.disks.history import History

PAGE = 4096
_WAL_HEADER, _FRAME_HEADER = 32, 24
_FRAME = _FRAME_HEADER + PAGE
_INDEX, _TABLE = (2, 10), (5, 13)
_NAMES = ("syncd.db", "syncd.db-wal", "syncd.db-shm")


Change = Callable[[bytes, Random], tuple[bytes, str]]
"""The content afterwards, and where it was changed."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done, and the files as they are then; None where one is not there."""

    number: int
    kind: str
    what: str
    main: bytes | None
    wal: bytes | None
    shm: bytes | None = None

    def lay_out(self, folder: Path) -> Path:
        """Put the files there; the store's path."""
        for name, content in zip(_NAMES, (self.main, self.wal, self.shm), strict=True):
            if content is not None:
                (folder / name).write_bytes(content)
        return folder / _NAMES[0]

    def __str__(self) -> str:
        return f"damage {self.number}: {self.kind} {self.what}, {'with' if self.wal else 'without'} a WAL"


# To the WAL of a process that died


def to_wal(history: History, number: int) -> Damage:
    """One of many ways; the file itself is whole. Its index may be there too, of another time or of noise."""
    chance = Random(f"wal {number}")
    kind, change = chance.choice(_TO_WAL)
    wal, what = change(history.wal, chance)
    shm = chance.choice((None, None, b"", chance.randbytes(32_768)))
    return Damage(number, kind, what, history.main, wal, shm)


def _cut(content: bytes, chance: Random) -> tuple[bytes, str]:
    length = chance.randrange(len(content))
    return content[:length], f"to {length} bytes"


def _cut_at_a_frame(content: bytes, chance: Random) -> tuple[bytes, str]:
    length = max(0, _WAL_HEADER + chance.randrange(_frames(content)) * _FRAME + chance.randint(-1, 1))
    return content[:length], f"to {length} bytes"


def _flipped(content: bytes, chance: Random) -> tuple[bytes, str]:
    return _xored(content, [chance.randrange(len(content)) for _ in range(chance.randint(1, 4))], chance)


def _flipped_header(content: bytes, chance: Random) -> tuple[bytes, str]:
    frame = _WAL_HEADER + chance.randrange(_frames(content)) * _FRAME
    start, length = chance.choice(((0, _WAL_HEADER), (frame, _FRAME_HEADER)))
    return _xored(content, [start + chance.randrange(length)], chance)


def _zeroed(content: bytes, chance: Random) -> tuple[bytes, str]:
    place = chance.randrange(len(content) // PAGE) * PAGE
    return content[:place] + bytes(PAGE) + content[place + PAGE :], f"a page from {place}"


def _zeroed_tail(content: bytes, chance: Random) -> tuple[bytes, str]:
    place = chance.randrange(len(content))
    return content[:place] + bytes(len(content) - place), f"from {place} to its end"


def _exchanged(content: bytes, chance: Random) -> tuple[bytes, str]:
    first, second = sorted(chance.sample(range(_frames(content)), 2))
    a, b = (slice(_WAL_HEADER + n * _FRAME, _WAL_HEADER + (n + 1) * _FRAME) for n in (first, second))
    changed = content[: a.start] + content[b] + content[a.stop : b.start] + content[a] + content[b.stop :]
    return changed, f"frames {first} and {second}"


def _noise(content: bytes, chance: Random) -> tuple[bytes, str]:
    length = chance.randrange(1, len(content))
    return chance.randbytes(length), f"of {length} bytes"


def _frames(content: bytes) -> int:
    return (len(content) - _WAL_HEADER) // _FRAME


_TO_WAL: tuple[tuple[str, Change], ...] = (
    ("cut", _cut),
    ("cut at a frame", _cut_at_a_frame),
    ("flipped", _flipped),
    ("flipped in a header", _flipped_header),
    ("zeroed", _zeroed),
    ("zeroed", _zeroed_tail),
    ("exchanged", _exchanged),
    ("noise", _noise),
)


# To the file itself


def to_main(history: History, number: int) -> Damage:
    """One of many ways, to the file of a process that ended in order or of one that died."""
    chance = Random(f"main {number}")
    died = chance.random() < 1 / 3
    content, wal = (history.main, history.wal) if died else (history.closed, None)
    kind, change = chance.choice(_TO_MAIN)
    changed, what = change(content, chance)
    return Damage(number, kind, what, changed, wal)


def _flipped_in(kind: str) -> Change:
    def flipped(content: bytes, chance: Random) -> tuple[bytes, str]:
        page = chance.choice(pages(content)[kind])
        length = 100 if kind == "header" else PAGE
        return _xored(
            content, [page * PAGE + chance.randrange(length) for _ in range(chance.randint(1, 3))], chance
        )

    return flipped


def _cut_at_a_page(content: bytes, chance: Random) -> tuple[bytes, str]:
    length = chance.randrange(len(content) // PAGE) * PAGE
    return content[:length], f"to {length} bytes"


def _longer(content: bytes, chance: Random) -> tuple[bytes, str]:
    more = chance.randrange(1, 3 * PAGE)
    return content + chance.randbytes(more), f"by {more} bytes"


_TO_MAIN: tuple[tuple[str, Change], ...] = (
    *((kind, _flipped_in(kind)) for kind in ("header", "unused", "index", "table", "overflow")),
    ("zeroed", _zeroed),
    ("cut", _cut),
    ("cut", _cut_at_a_page),
    ("longer", _longer),
    ("noise", _noise),
)


@cache
def pages(content: bytes) -> dict[str, list[int]]:
    """The pages of a database by kind, counted from 0."""
    unused = list(_unused(content))
    found: dict[str, list[int]] = {"header": [0], "unused": unused, "index": [], "table": [], "overflow": []}
    for page in sorted(set(range(len(content) // PAGE)) - set(unused)):
        first = content[page * PAGE + (100 if page == 0 else 0)]
        found["index" if first in _INDEX else "table" if first in _TABLE else "overflow"].append(page)
    return found


def _unused(content: bytes) -> Iterator[int]:
    """The list of free pages: trunks that name leaves (SQLite: Database File Format, 1.5)."""
    trunk = _number(content, 32)
    while trunk:
        start = (trunk - 1) * PAGE
        yield trunk - 1
        yield from (_number(content, start + 8 + 4 * n) - 1 for n in range(_number(content, start + 4)))
        trunk = _number(content, start)


def _number(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "big")


def _xored(content: bytes, places: list[int], chance: Random) -> tuple[bytes, str]:
    changed = bytearray(content)
    for place in places:
        changed[place] ^= chance.randint(1, 255)
    return bytes(changed), f"at {sorted(places)}"


# Files that are no store of this release


def newer(content: bytes) -> bytes:
    """As a later release leaves it (SQLite: Database File Format, 1.3: the user version)."""
    return content[:60] + (len(STEPS) + 1).to_bytes(4, "big") + content[64:]


def of_another_program(folder: Path) -> tuple[bytes, bytes]:
    """The file and the WAL of a database with a table of the same name."""
    path = folder / "other.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE cases (id)")
        wal = path.with_name("other.db-wal").read_bytes()
    return path.read_bytes(), wal
