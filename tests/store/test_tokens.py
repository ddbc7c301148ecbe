"""Tokens and the memory."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syncd.model.tokens import StoredToken
from syncd.store.store import Store


@pytest.fixture
def token(now: datetime) -> StoredToken:
    """A token with everything that a token can have."""
    return StoredToken("canary-access", now, "canary-refresh", now + timedelta(days=365), ("a", "b"), "seed")


def test_tokens(store: Store, token: StoredToken) -> None:
    """A token comes back as it was put, in place of the one before, under its own key."""
    without = replace(token, refresh=None, refresh_expires_at=None, scopes=())
    store.tokens.put("key", without)
    store.tokens.put("key", token)
    store.tokens.put("other", without)
    assert (store.tokens.get("key"), store.tokens.get("other")) == (token, without)
    assert store.tokens.get("none") is None


def test_tokens_are_not_shown(store: Store, token: StoredToken) -> None:
    """What is printed of the store and of what it gives back has no token in it."""
    store.tokens.put("key", token)
    shown = f"{store!r} {store.tokens!r} {store.tokens.get('key')!r} {store.database!r}"
    assert "canary" not in shown


def test_memory(store: Store) -> None:
    """A text comes back as it was put, in place of the one before."""
    assert store.memory.get("key") is None
    store.memory.put("key", "one")
    store.memory.put("key", "")
    assert store.memory.get("key") == ""
