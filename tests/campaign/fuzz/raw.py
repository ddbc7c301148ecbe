"""Bodies that are spoilt as bytes, whatever they mean."""

import gzip
from collections.abc import Callable
from random import Random

from tests.campaign.fuzz.values import PAGE

_INSTEAD = (b"", b" ", b"\n", b"null", b"[]", b'""', b"0", b"{}", b"true", b"{", b"\x00", b"\xff\xfe", b"NaN")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7")

Bytes = Callable[[bytes, Random], bytes]


def truncated(body: bytes, chance: Random) -> bytes:
    """The beginning."""
    return body[: chance.randrange(len(body))] if body else body


def flipped(body: bytes, chance: Random) -> bytes:
    """Some bits are others."""
    bent = bytearray(body or b"0")
    for _ in range(chance.choice((1, 1, 2, 8))):
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
    return bytes(bent)


def garbage_around(body: bytes, chance: Random) -> bytes:
    """With something before it or behind it."""
    garbage = chance.choice((b"}", b"\x00", b"\n\n{}", PAGE, chance.randbytes(9), body, b")]}',\n"))
    return garbage + body if chance.random() < 0.5 else body + garbage


def cut_out(body: bytes, chance: Random) -> bytes:
    """Without a piece in the middle."""
    start = chance.randrange(max(1, len(body)))
    return body[:start] + body[start + chance.randint(1, 200) :]


def other_encoding(body: bytes, chance: Random) -> bytes:
    """In another encoding, or in two."""
    if chance.random() < 0.3:
        return body.replace(b"a", b"\xe9", 1)
    return body.decode(errors="replace").encode(chance.choice(_ENCODINGS))


def zipped(body: bytes, chance: Random) -> bytes:
    """Packed, and in one of two cases broken off."""
    packed = gzip.compress(body, 1, mtime=0)
    return packed if chance.random() < 0.5 else packed[: chance.randrange(len(packed))]


def something_else(_body: bytes, chance: Random) -> bytes:
    """A page, noise, or hardly anything."""
    return chance.choice((PAGE, chance.randbytes(300), *_INSTEAD))


BYTES: tuple[Bytes, ...] = (
    truncated,
    truncated,
    flipped,
    garbage_around,
    cut_out,
    other_encoding,
    zipped,
    something_else,
)
NEVER_WHOLE: tuple[Bytes, ...] = (truncated, garbage_around, something_else)
"""Those after which a body hardly means what another good one would."""
