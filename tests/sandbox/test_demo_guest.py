"""The config file that `syncd demo --keep` gives to somebody who wants to try more."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from syncd.sandbox.demo.stage import guest, staged
from syncd.sandbox.demo.story import SCRIPTS


def _syncd(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "syncd", *arguments, "-c", str(config)]
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False, timeout=60)


def test_a_guest_has_a_login_a_store_and_a_config_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that the README lets a newcomer type works with it, and nothing would be written."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with staged(SCRIPTS[:2]) as stage:
        before = stage.daemon.config.read_text()
        config = guest(stage)
        checked, seen, plan = (_syncd(config, *words) for words in (["config", "check"], ["check"], ["plan"]))
        calls = len(stage.pair.shopify.calls)
        planned = _syncd(config, "plan", "--json")
        login = stage.pair.tiktok.login.refresh_token
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "ok        mine TikTok login" in seen.stdout
    assert (plan.returncode, plan.stderr) == (0, "")
    assert list(json.loads(planned.stdout)["shops"]) == ["mine"]
    assert calls > 0
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert login in before
    assert login not in config.read_text()
    assert not (stage.folder / "syncd.db").exists()
