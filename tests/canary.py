"""Secrets that can be recognised, in every place that takes one, and the proof that none is seen."""

from collections.abc import Mapping
from pathlib import Path

from syncd.sandbox.pair import Pair
from tests.campaign.canaries import CANARIES, in_store

NOBODY = "127.0.0.1:9"
"""Where nobody answers."""
MARK = "canary-"
_TABLES: Mapping[str, Mapping[str, object]] = {
    "logging": {"level": "debug"},
    "alerts": {
        "urls": [f"json://someone:canary-alert-password@{NOBODY}/canary-alert-0123"],
        "heartbeat_url": f"http://{NOBODY}/canary-heartbeat-0123?key=canary-heartbeat-key",
    },
}
PROXY = f"http://someone:canary-proxy-password@{NOBODY}"
STATIC_TOKEN = "canary-static-token-0123456789abcdef"


def planted(pair: Pair) -> dict[str, dict[str, object]]:
    """Tables for a config file with a secret wherever one can stand, and logs at `debug`.

    The secrets of both apps and all tokens are those of the stand-ins. Proxy and static token are left out:
    with one of them nothing else works.
    """
    return {name: dict(keys) for name, keys in _TABLES.items()} | {
        "shops.us.tiktok": {"refresh_token": pair.tiktok.login.refresh_token}
    }


def seen(text: str) -> list[str]:
    """The secrets that stand in a text, with what is around them."""
    places = ((mark, text.find(mark)) for mark in (*CANARIES, MARK))
    return [f"{mark}: …{text[max(0, at - 120) : at + 60]}…" for mark, at in places if at >= 0]


def assert_unseen(*texts: str) -> None:
    """No secret stands in any of them."""
    found = [one for text in texts for one in seen(text)]
    assert not found, "\n".join(found)


def assert_not_kept(store: Path) -> None:
    """No secret stands in the store, but in the table for tokens."""
    found = in_store(store, (*CANARIES, MARK))
    assert not found, "\n".join(found)
