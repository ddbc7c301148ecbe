"""The alert rules ask for what is served, and for nothing else."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with apprise, without types

from syncd.cli import COMMANDS
from syncd.model.reasons import Reason
from tests.monitoring.promql import Labels, promtool, wrong

_FILE = Path(__file__).parents[2] / "config" / "prometheus-alerts.yml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(_FILE.read_text())["groups"] for rule in group["rules"]
]
_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))


def test_there_are_some() -> None:
    """Each with a name of its own."""
    names = [rule["alert"] for rule in RULES]
    assert len(names) > 10
    assert len(set(names)) == len(names)


@_rule
def test_it_asks_for_what_is_served(rule: dict[str, Any], labels: Labels) -> None:
    """Every name, every label and every value that a label is compared with."""
    assert wrong(rule["expr"], labels) == []


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("syncd_nothing > 0", ["syncd_nothing"]),
        ('syncd_held{state="held"} > 0', ["syncd_held has no state"]),
        ('syncd_cases{state="lost"} > 0', ["syncd_cases: no state is lost"]),
        ("sum by (region) (syncd_cases)", ["nothing has region"]),
        ("up == 0", ["asks for nothing of ours: up == 0"]),
        ('syncd_held{reason=~"paused|doubled", shop="uk"} > 0', []),
    ],
)
def test_what_is_wrong_is_noticed(expression: str, what: list[str], labels: Labels) -> None:
    """The check above can fail."""
    assert wrong(expression, labels) == what


@_rule
def test_it_says_what_to_do(rule: dict[str, Any]) -> None:
    """A summary, what to type, and how much of a hurry there is."""
    assert rule["alert"].startswith("Syncd")
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "action"}


@_rule
def test_its_commands_exist(rule: dict[str, Any]) -> None:
    """Each command and each reason that it names."""
    action = rule["annotations"]["action"]
    assert set(re.findall(r"\bsyncd ([a-z]+)", action)) - {"says"} <= set(COMMANDS)
    assert set(re.findall(r"--reason ([a-z_]+)", action)) <= set(Reason)


def test_prometheus_reads_them() -> None:
    """By its own checker, where that is installed."""
    assert f"{len(RULES)} rules found" in promtool("check", "rules", _FILE, folder=_FILE.parent)


def test_they_fire_when_they_should(tmp_path: Path) -> None:
    """By Prometheus' own tests of rules, where that is installed."""
    for file in (_FILE, Path(__file__).with_name("rules-test.yml")):
        shutil.copy(file, tmp_path)
    promtool("test", "rules", "rules-test.yml", folder=tmp_path)
