"""The addresses that alerts go to, without showing them."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from pydantic import SecretStr

_SHORTEST = 4
_MASK = "***"


@dataclass(frozen=True, slots=True)
class Address:
    """One of [alerts] urls. `label` names it to people, `digest` to the store; neither tells it."""

    url: str = field(repr=False)
    label: str
    digest: str

    def masked(self, text: str) -> str:
        """The text without any part of the address: a token may be its host, a path or a parameter."""
        for part in _parts(self.url):
            text = text.replace(part, _MASK)
        return text


def addresses_of(urls: Sequence[SecretStr]) -> list[Address]:
    """Each address once, numbered as in the config file."""
    found: dict[str, Address] = {}
    for number, secret in enumerate(urls, start=1):
        url = secret.get_secret_value()
        digest = hashlib.sha256(url.encode()).hexdigest()[:16]
        found.setdefault(digest, Address(url, f"urls[{number}] {_scheme(url)}", digest))
    return list(found.values())


def _scheme(url: str) -> str:
    scheme = re.match(r"[a-z][a-z0-9+.-]{0,20}://", url, re.IGNORECASE)
    return f"{scheme[0].lower()}{_MASK}" if scheme else _MASK


def _parts(url: str) -> Iterator[str]:
    """The address, then its pieces as they stand and decoded, longest first."""
    _, _, rest = url.partition("://")
    pieces = {url, rest, *re.split(r"[/@:?&=#,;]", rest)}
    forms = {form for piece in pieces for form in (piece, unquote(piece)) if len(form) >= _SHORTEST}
    yield from sorted(forms, key=len, reverse=True)
