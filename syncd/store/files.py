"""The files of a store: connections to them, and their errors as ours."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.errors import StoreDamaged, StoreTrouble

_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
DAMAGE_HINT = (
    "it was left as it is; restore a backup, or move it away to start anew (what Shopify has already is found"
    " again there); files beside it that end in -wal and -shm belong to it and go with it"
)
"""What a person can do about a damaged store."""
_BUSY_MILLISECONDS = 5000
_MAGIC = b"SQLite format 3\0"
_HEADER, _LARGEST_PAGE = 100, 65_536  # bytes


def opened(path: Path, how: str) -> sqlite3.Connection:
    """A connection to a file that is there; `how` is as in SQLite's URIs: `mode=ro`."""
    return connect(f"file:{quoted(path)}?{how}")


def check_there(path: Path) -> None:
    """See that there is a file which is not empty.

    Raises:
        StoreTrouble: There is none.
        StoreDamaged: It was cut to nothing.
    """
    if not path.exists():
        raise StoreTrouble(
            f"{path}: there is no store yet", hint="start the daemon first: syncd run, or: syncd once"
        )
    if path.stat().st_size == 0:
        raise not_a_store(path, "is empty, though a store was there")


def due_length(path: Path) -> int:
    """Bytes that the file has according to its header, 0 where that tells nothing.

    SQLite itself takes half a last page for a whole one (SQLite: Database File Format, 1.3).
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    page, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    current = header.startswith(_MAGIC) and header[24:28] == header[92:96]
    return pages * (_LARGEST_PAGE if page == 1 else page) if current else 0


def new_file(path: Path) -> Path:
    """An empty file in place of any other, which only its owner may read; its path."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    return path


def connect(uri: str) -> sqlite3.Connection:
    """A connection whose texts are checked, and which waits for others a while."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = _text
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    return connection


def _text(content: bytes) -> str:
    """A text of the store. What cannot be read is damage, and is not quoted: it may be of a token.

    Raises:
        StoreDamaged: It is no UTF-8.
    """
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise StoreDamaged("the store holds a text that cannot be read", hint=DAMAGE_HINT) from None


def quoted(path: Path) -> str:
    """The path as it stands in a URI."""
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def not_a_store(path: Path, what: str) -> StoreDamaged:
    """The error for a file that is no whole store of ours."""
    return StoreDamaged(f"{path}: {what}", hint=DAMAGE_HINT)


@contextmanager
def named(path: str) -> Iterator[None]:
    """Turn SQLite's and the disk's errors into ours."""
    try:
        yield
    except UnicodeDecodeError:
        raise not_a_store(Path(path), "is damaged (its schema cannot be read)") from None
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if any(name.startswith(damaged) for damaged in _DAMAGED):
            raise not_a_store(Path(path), f"is damaged or no store ({error})") from error
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise
        raise StoreTrouble(
            f"{path}: {error}", hint="check the disk, its space and the file's owner"
        ) from error
    except OSError as error:
        raise StoreTrouble(
            f"{path}: {error.strerror}", hint="check the folder, its owner and the disk"
        ) from error
