"""What is remembered of logins between two starts, and the two small tables that remember it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredToken:
    """An access token with what is needed to get the next one.

    `refresh` is None where the login has none (Shopify's client credentials). `seed` is the SHA-256 hex
    digest of the configured secret that this token came from: another one there means a new login.
    """

    access: str = field(repr=False)
    access_expires_at: datetime
    refresh: str | None = field(repr=False)
    refresh_expires_at: datetime | None
    scopes: tuple[str, ...]
    seed: str


class TokenTable(Protocol):
    """Tokens by key. `put` is durable when it returns."""

    def get(self, key: str) -> StoredToken | None:
        """The token under that key."""
        ...

    def put(self, key: str, token: StoredToken) -> None:
        """Keep this token under that key, in place of any other."""
        ...


class Memory(Protocol):
    """Short texts by key, for what was found out and need not be asked again."""

    def get(self, key: str) -> str | None:
        """The text under that key."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep this text under that key, in place of any other."""
        ...
