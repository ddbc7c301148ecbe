"""config/metrics.md says what the program serves."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # comes with apprise, without types
from prometheus_client import Metric

from syncd.config.tables import Metrics
from tests.monitoring.promql import Labels, promtool, wrong

_CONFIG = Path(__file__).parents[2] / "config"
_TEXT = (_CONFIG / "metrics.md").read_text()
_OF_HISTOGRAMS = {"le"}


def _section(name: str) -> str:
    [found] = re.findall(rf"^## {name}\n(.*?)(?=^## |\Z)", _TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def _row(family: Metric) -> str:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = {label for sample in family.samples for label in sample.labels} - _OF_HISTOGRAMS
    told = ", ".join(f"`{label}`" for label in sorted(labels))
    return f"| `{name}` | {family.type} | {told or '-'} | {family.documentation} |"


def test_each_family_has_its_row(families: Mapping[str, Metric]) -> None:
    """With its type, its labels, and the words that are served with it."""
    own = [family for name, family in families.items() if not name.startswith("syncd_process_")]
    wanted = sorted(_row(family) for family in own)
    rows = re.findall(r"^\| `syncd_.*$", _section("Figures"), re.MULTILINE)
    assert rows == wanted, "config/metrics.md wants under Figures:\n" + "\n".join(wanted)


def test_every_family_was_seen_with_samples(families: Mapping[str, Metric]) -> None:
    """Or the labels above would not be all."""
    assert [name for name, family in families.items() if not family.samples] == []


def test_each_label_is_explained(labels: Labels) -> None:
    """And no label that is not there."""
    served = set().union(*(set(of) for of in labels.values())) - _OF_HISTOGRAMS
    first = re.findall(r"^\| (`.*?) \|", _section("Labels"), re.MULTILINE)
    assert {name for cell in first for name in re.findall(r"`(\w+)`", cell)} == served


def test_closed_sets_are_told_whole(labels: Labels) -> None:
    """Every value that was seen stands in the row of its label, unless it is the operator's or an API's."""
    rows = dict(re.findall(r"^\| `(\w+)`.*?\| (.*) \|$", _section("Labels"), re.MULTILINE))
    for label in ("state", "kind", "outcome", "api", "token", "file"):
        seen = {value for of in labels.values() for value in of.get(label, set())}
        assert seen
        assert {value for value in seen if f"`{value}`" not in rows[label]} == set(), label


def test_the_keys_are_those_of_the_config() -> None:
    """All of [metrics]."""
    table = _TEXT.split("## ")[0]
    assert set(re.findall(r"^\| `(\w+) =", table, re.MULTILINE)) == set(Metrics.model_fields)


def test_the_expression_asks_for_what_is_served(labels: Labels) -> None:
    """The one that turns minor units into amounts."""
    [expression] = re.findall(r"^  `(sum by .*)`$", _TEXT, re.MULTILINE)
    assert wrong(expression, labels) == []


def test_the_configuration_of_prometheus(tmp_path: Path) -> None:
    """It is YAML, names files that are there, and is what Prometheus reads where its checker is installed."""
    [block] = re.findall(r"^```yaml\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)
    for file in yaml.safe_load(block)["rule_files"]:
        (tmp_path / file).write_text((_CONFIG / file).read_text())
    (tmp_path / "prometheus.yml").write_text(block)
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml", folder=tmp_path)


def test_the_files_exist() -> None:
    """Each that is named."""
    named = re.findall(r"`config/([\w.-]+)`", _TEXT) + re.findall(r"\]\(([\w.-]+)\)", _TEXT)
    assert named
    assert [name for name in named if not (_CONFIG / name).exists()] == []
