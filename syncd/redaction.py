"""No secret in any text that leaves the process: neither one that is known, nor one under a telling name."""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 4
"""Masking anything shorter would make every text unreadable."""
_SHORTEST_PIECE = 8
_SHORTEST_TOKEN = 12
_PLAIN = re.compile(r"[a-z]+|[0-9.]+|([a-z0-9-]+\.)+[a-z]+")
"""A word, a number, an address or a name of a host: no secret, though a part of one."""
_MOST_TOKENS = 1000
"""Tokens come and go for as long as the process lives; older ones are long dead."""
_NAMES = frozenset(
    {
        "access_token",
        "app_secret",
        "auth_code",
        "authorization",
        "client_secret",
        "password",
        "proxy_authorization",
        "refresh_token",
        "sign",
        "x_shopify_access_token",
        "x_tts_access_token",
    }
)
_NAME = "(?<![a-z0-9])(?:" + "|".join(sorted(name.replace("_", "[_-]") for name in _NAMES)) + ")"
_NAMED = re.compile(
    rf"""(
      {_NAME} =                                       # in an address
    | {_NAME} \\* ["'] \s* : \s* b? \\* ["']          # in JSON, or in a dictionary of Python
    | {_NAME} : [ ] (?: [a-z]+ [ ] )? (?= \S{{16}} )  # in a header; not in a sentence
    ) [^\s"'&,;)}}\\]+""",
    re.IGNORECASE | re.VERBOSE,
)
"""The value of a secret that is given by name, whether it is known or not."""


class Redactor:
    """Masks secrets in texts and in whatever is made of texts."""

    def __init__(self) -> None:
        self._secrets: dict[str, frozenset[str]] = {}
        self._tokens: dict[str, frozenset[str]] = {}
        self._masked: list[str] = []

    def learn(self, *secrets: str) -> None:
        """Mask these from now on, for good: secrets that are configured."""
        self._secrets |= {secret: _shown(secret) for secret in secrets}
        self._prepare()

    def learn_tokens(self, *tokens: str | None) -> None:
        """Mask these from now on: secrets that came to be known at run time."""
        real = [token for token in tokens if token and len(token) >= _SHORTEST_TOKEN]
        new = {token: _shown(token) for token in real if token not in self._tokens}
        if new:
            self._tokens = dict([*self._tokens.items(), *new.items()][-_MOST_TOKENS:])
            self._prepare()

    def text(self, text: str) -> str:
        """The text without secrets."""
        for form in self._masked:
            text = text.replace(form, MASK)
        return _NAMED.sub(rf"\1{MASK}", text)

    def clean(self, value: object) -> object:
        """The same without secrets, as JSON knows it; what JSON does not know becomes text."""
        match value:
            case str():
                return self.text(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self.text(str(key)): self._under(str(key), inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.clean(inner) for inner in value]
            case _:
                return self.text(str(value))

    def _under(self, name: str, value: object) -> object:
        return MASK if name.lower().replace("-", "_") in _NAMES else self.clean(value)

    def _prepare(self) -> None:
        """The longest first: one secret may be a part of another."""
        shown = frozenset[str]().union(*self._secrets.values(), *self._tokens.values())
        self._masked = sorted(shown, key=len, reverse=True)


REDACTOR = Redactor()
"""That of this process."""


def _shown(secret: str) -> frozenset[str]:
    """All that is to be masked for one secret."""
    return frozenset(form for piece in _pieces(secret) if len(piece) >= _SHORTEST for form in _forms(piece))


def _pieces(secret: str) -> Iterator[str]:
    """The secret; of an address also its password and those parts that are more than a word or a host."""
    yield secret
    scheme, found, rest = secret.partition("://")
    if not found:
        return
    login, _, rest = rest.rpartition("@")
    yield login.partition(":")[2]
    if scheme in ("http", "https"):
        rest = rest.partition("/")[2]
    for piece in re.split(r"[/:@?&=#]+", rest):
        if len(piece) >= _SHORTEST_PIECE and not _PLAIN.fullmatch(piece):
            yield piece


def _forms(secret: str) -> Iterator[str]:
    """The secret as it is, quoted by Python or JSON, and as a part of an address."""
    yield secret
    yield from (repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1])
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))
