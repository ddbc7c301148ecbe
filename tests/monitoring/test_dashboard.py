"""The dashboard asks for what is served, and for nothing else."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric

from tests.monitoring.promql import Labels, promtool, selectors, wrong

_FILE = Path(__file__).parents[2] / "config" / "grafana-dashboard.json"
DASHBOARD: dict[str, Any] = json.loads(_FILE.read_text())
_FOR_ALERTS = {
    "syncd_config_last_reload_success_timestamp_seconds",
    "syncd_config_last_reload_successful",
    "syncd_cycles",
    "syncd_exported_timestamp_seconds",
    "syncd_poll_interval_seconds",
    "syncd_shop_enabled",
    "syncd_store_usable",
}
_TIMES = {"$__rate_interval": "5m"}


def _targets() -> Iterator[tuple[str, dict[str, Any]]]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target


def _plain(expression: str) -> str:
    """As Prometheus gets it."""
    for variable, value in _TIMES.items():
        expression = expression.replace(variable, value)
    return expression.replace("$shop", "us|uk")


_target = pytest.mark.parametrize(
    ("title", "target"),
    [pytest.param(title, target, id=f"{title} {target['refId']}") for title, target in _targets()],
)


@_target
def test_a_panel_asks_for_what_is_served(title: str, target: dict[str, Any], labels: Labels) -> None:
    """Every name, every label and every value that a label is compared with."""
    assert title
    assert wrong(_plain(target["expr"]), labels) == []


@_target
def test_a_legend_names_labels_that_are_there(title: str, target: dict[str, Any], labels: Labels) -> None:
    """Of the samples that it asks for."""
    named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
    known = set().union(*(labels[one.name] for one in selectors(target["expr"])))
    assert named <= known, title


def test_it_belongs_to_no_prometheus() -> None:
    """Whoever imports it chooses one: nothing names a data source of somebody's."""
    sources = re.findall(r'"uid": "([^"]*)"', _FILE.read_text())
    assert set(sources) == {"${datasource}", "syncd"}
    assert [one["name"] for one in DASHBOARD["templating"]["list"]] == ["datasource", "shop"]


def test_every_figure_is_shown(families: Mapping[str, Metric]) -> None:
    """Nobody collects what nobody looks at, but for alerts."""
    seen = {one.name for _, target in _targets() for one in selectors(target["expr"])}
    unseen = {
        name
        for name, family in families.items()
        if not seen & {sample.name for sample in family.samples} and not name.startswith("syncd_process_")
    }
    assert unseen == _FOR_ALERTS


def test_panels_do_not_cover_each_other() -> None:
    """Each has an id and a place of its own."""
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_prometheus_reads_the_expressions(tmp_path: Path) -> None:
    """By its own checker, where that is installed."""
    rules = [
        {"record": f"panel:{number}", "expr": _plain(target["expr"])}
        for number, (_, target) in enumerate(_targets())
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", file, folder=tmp_path)
