"""The settings in effect, each with its place."""

from pathlib import Path
from typing import Any

from syncd.config.keys import dotted
from syncd.config.shown import shown


def test_each_source(good: Any, shop: str, tmp_path: Path) -> None:
    """The file with its line, the environment, a credential, or the default; secrets are masked."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "shops.us.tiktok.app_secret").write_text("canary-of-a-credential")
    text = (
        '[sync]\npoll_interval = "2m"\n[guard.max_refund]\nUSD = "500.00"\n[network]\n'
        'proxy = "http://me:canary-word@proxy:1"\n[alerts]\nurls = ["json://canary"]\n' + shop
    )
    loaded = good(text, {"SYNCD__SHOPS__US__SYNC__AUTO_RESTOCK": "true"}, folder)
    told = {dotted(one.key): (one.value, one.source.replace(f"{tmp_path}/", "")) for one in shown(loaded)}
    assert told["shops.us.sync.poll_interval"] == ('"2m"', "syncd.toml:2")
    assert told["shops.us.guard.max_refund"] == ('{USD = "500.00"}', "syncd.toml:3")
    assert told["shops.us.sync.auto_restock"] == ("true", "environment SYNCD__SHOPS__US__SYNC__AUTO_RESTOCK")
    assert told["shops.us.tiktok.app_secret"] == ('"***"', "credential shops.us.tiktok.app_secret")
    assert told["network.proxy"] == ('"http://me:***@proxy:1"', "syncd.toml:6")
    assert told["alerts.urls"] == ('["***"]', "syncd.toml:8")
    assert told["store.keep"] == ('"400d"', "default")
    assert told["shops.us.tiktok.refresh_token"] == ('""', "default")
    assert not [key for key in told if key.startswith(("sync.", "guard.", "match.", "restock."))]
    assert "canary" not in str(told)
