"""The manifest for Kubernetes and the config for Litestream go together with the program."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with apprise, without types

from syncd.config import load
from syncd.config.addresses import host_of
from syncd.sandbox.clock import HandClock
from syncd.service.metrics.metrics import Metrics
from tests.guide.pages import CONFIG, of_unit

_MAP, _SET = yaml.safe_load_all((CONFIG / "kubernetes.yaml").read_text())
_POD: dict[str, Any] = _SET["spec"]["template"]["spec"]
[_CONTAINER] = _POD["containers"]


def _secrets(shop: str) -> dict[str, str]:
    name = f"SYNCD__SHOPS__{shop.upper()}"
    return {
        f"{name}__TIKTOK__APP_SECRET": "made-up",
        f"{name}__TIKTOK__REFRESH_TOKEN": "made-up",
        f"{name}__SHOPIFY__CLIENT_SECRET": "made-up",
    }


@pytest.mark.parametrize(("name", "shop"), [("syncd-0", "us"), ("syncd-1", "uk")])
def test_each_pod_has_a_config_that_is_accepted(tmp_path: Path, name: str, shop: str) -> None:
    """With the secrets from the environment, and a store where the volume is."""
    file = tmp_path / f"{name}.toml"
    file.write_text(_MAP["data"][f"{name}.toml"])
    file.chmod(0o440)
    loaded = load(file, _secrets(shop), None)
    [mount] = [each["mountPath"] for each in _CONTAINER["volumeMounts"] if each["name"] == "store"]
    assert list(loaded.settings.shops) == [shop]
    assert loaded.settings.store.path.is_relative_to(mount)
    assert loaded.warnings == ()


def test_no_shop_is_in_two_configs() -> None:
    """There is one for each pod, by its name."""
    names = {f"{_SET['metadata']['name']}-{number}.toml" for number in range(_SET["spec"]["replicas"])}
    assert set(_MAP["data"]) == names
    assert _CONTAINER["args"][-1] == "/etc/syncd/$(POD_NAME).toml"


def test_the_probes_are_answered(tmp_path: Path) -> None:
    """By pages that there are, on the port that is listened on."""
    file = tmp_path / "syncd.toml"
    file.write_text(_MAP["data"]["syncd-0.toml"])
    file.chmod(0o600)
    settings = load(file, _secrets("us"), None).settings
    [port] = _CONTAINER["ports"]
    pages = Metrics(settings, HandClock()).pages(port["containerPort"], lambda: True)
    probes = [
        _CONTAINER[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")
    ]
    assert set(probes) <= set(pages.table)
    assert settings.metrics.listen == f"{host_of(settings.metrics.listen)}:{port['containerPort']}"


def test_the_pod_has_the_time_to_stop_that_the_unit_has() -> None:
    """So that the write in flight is finished."""
    assert _POD["terminationGracePeriodSeconds"] == int(of_unit("TimeoutStopSec"))


def test_litestream_copies_the_store_of_the_unit() -> None:
    """The one that the example config names."""
    [copied] = yaml.safe_load((CONFIG / "litestream.yml").read_text())["dbs"]
    assert copied["path"] == "/var/lib/syncd/syncd.db"
    assert f'path = "{copied["path"]}"' in (CONFIG.parent / "syncd.toml.example").read_text()
