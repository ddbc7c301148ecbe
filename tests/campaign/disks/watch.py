"""A look into the store's file at each moment in which Shopify is about to be told to change something."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from syncd.sandbox.http import Request
from syncd.shopify.operations import OPERATIONS, SET_CLAIM

_SENDING = "SELECT count(*) FROM intents WHERE state = 'sending' AND body = ?"
_CLAIMED = "SELECT count(*) FROM claims WHERE instr(?, token)"


@dataclass
class Watch:
    """A hook for `Faults.before`: what came without being on record, and how much came at all."""

    store: Path
    unrecorded: list[str] = field(default_factory=list)
    writes: int = 0

    def __call__(self, _operation: str, request: Request) -> None:
        """Compare a mutation with what another connection reads in the file."""
        name = _name(request)
        if name not in OPERATIONS or not OPERATIONS[name].mutation:
            return
        self.writes += 1
        if not self._on_record(name, request.body):
            self.unrecorded.append(name)

    def _on_record(self, name: str, body: bytes) -> bool:
        """The very bytes as an intent that is being sent, or the token of the claim that they write."""
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as reader:
            if name == SET_CLAIM.name:
                return bool(reader.execute(_CLAIMED, (body.decode(),)).fetchone()[0])
            return bool(reader.execute(_SENDING, (body,)).fetchone()[0])


def _name(request: Request) -> str:
    """The name of the GraphQL operation; empty for another request."""
    try:
        return str(json.loads(request.body).get("operationName", ""))
    except ValueError:
        return ""
