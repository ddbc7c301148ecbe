"""TikTok's answers as they are kept: text with a sum, so that what a disk made of it is noticed."""

import json
import zlib
from collections.abc import Mapping

from syncd.errors import StoreDamaged
from syncd.store.database import DAMAGE_HINT, Row, Value


def packed(raw: Mapping[str, object]) -> Row:
    """The columns for an answer."""
    text = json.dumps(raw)
    return {"raw": text, "sum": zlib.crc32(text.encode())}


def unpacked(raw: Value, known: Value) -> Mapping[str, object]:
    """The answer again; `known` is its sum, None for one that was kept before there were sums.

    Raises:
        StoreDamaged: It is not what was kept.
    """
    text = str(raw)
    if known is not None and known != zlib.crc32(text.encode()):
        raise _damaged()
    try:
        answer: Mapping[str, object] = json.loads(text)
    except ValueError:
        raise _damaged() from None
    return answer


def _damaged() -> StoreDamaged:
    return StoreDamaged("the store is damaged: what TikTok said of a case was altered", hint=DAMAGE_HINT)
