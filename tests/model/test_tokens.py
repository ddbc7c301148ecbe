"""Stored tokens."""

from datetime import UTC, datetime

from syncd.model.tokens import StoredToken


def test_not_shown() -> None:
    """A token is not seen where its record is printed."""
    token = StoredToken(
        "canary-access", datetime(2026, 11, 2, tzinfo=UTC), "canary-refresh", None, (), "seed"
    )
    assert "canary" not in repr(token)
    assert "canary" not in str(token)
