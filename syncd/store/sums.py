"""What money hangs on is kept with a sum, so that what a disk made of it is noticed."""

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from syncd.errors import StoreDamaged
from syncd.store.database import Row, Value
from syncd.store.files import DAMAGE_HINT


def packed(raw: Mapping[str, object]) -> Row:
    """The columns for an answer."""
    text = json.dumps(raw)
    return {"raw": text, "sum": sum_of(text)}


def unpacked(raw: Value, known: Value) -> Mapping[str, object]:
    """The answer again; `known` is its sum, None for one that was kept before there were sums.

    Raises:
        StoreDamaged: It is not what was kept.
    """
    text = str(raw)
    prove(known, text)
    with whole_rows():
        answer: Mapping[str, object] = json.loads(text)
    return answer


def sum_of(*texts: str) -> int:
    """The sum of these texts."""
    return zlib.crc32("\n".join(texts).encode())


def prove(known: Value, *texts: str) -> None:
    """Compare texts with their sum; None is that of what was kept before there were sums.

    Raises:
        StoreDamaged: They are not what was kept.
    """
    if known is not None and known != sum_of(*texts):
        raise _damaged()


@contextmanager
def whole_rows() -> Iterator[None]:
    """Name it as damage where a row cannot be what it was written as.

    Raises:
        StoreDamaged: A value is not one of its kind.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError):
        raise _damaged() from None


def _damaged() -> StoreDamaged:
    return StoreDamaged("the store is damaged: something that was kept in it was altered", hint=DAMAGE_HINT)
