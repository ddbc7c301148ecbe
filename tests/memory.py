"""What a store keeps for the clients, in memory."""

from dataclasses import dataclass, field

from syncd.model.tokens import StoredToken


@dataclass
class TokenTable:
    """A table of tokens that remembers what was put, in order."""

    rows: dict[str, StoredToken] = field(default_factory=dict)
    history: list[StoredToken] = field(default_factory=list)
    full: bool = False

    def get(self, key: str) -> StoredToken | None:
        return self.rows.get(key)

    def put(self, key: str, token: StoredToken) -> None:
        if self.full:
            raise OSError("disk full")
        self.rows[key] = token
        self.history.append(token)


@dataclass
class Notes:
    """Short texts by key."""

    rows: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.rows.get(key)

    def put(self, key: str, text: str) -> None:
        self.rows[key] = text
