"""What an expression of PromQL asks for, without understanding it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd.model.reasons import Reason

_SELECTOR = re.compile(r"\b(syncd_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_OPEN = frozenset({"instance", "shop"})
"""Labels whose values are the operator's own."""
Labels = Mapping[str, Mapping[str, set[str]]]


@dataclass(frozen=True, slots=True)
class Selector:
    """The name of samples, and the values that each label is compared with."""

    name: str
    matchers: Mapping[str, tuple[str, ...]]


def selectors(expression: str) -> Iterator[Selector]:
    """Every selector in it."""
    for found in _SELECTOR.finditer(expression):
        matchers = _MATCHER.findall(found[2] or "")
        yield Selector(found[1], {label: tuple(values.split("|")) for label, _, values in matchers})


def grouped(expression: str) -> set[str]:
    """The labels by which it groups or joins."""
    return {label.strip() for found in _GROUPING.findall(expression) for label in found.split(",")} - {""}


def wrong(expression: str, labels: Labels) -> list[str]:
    """What it asks for that is not served."""
    asked = list(selectors(expression))
    if not asked:
        return [f"asks for nothing of ours: {expression}"]
    found = [one.name for one in asked if one.name not in labels]
    for one in asked:
        known = labels.get(one.name, {})
        for label, values in one.matchers.items():
            if label not in known and label != "instance":
                found.append(f"{one.name} has no {label}")
            elif label not in _OPEN:
                served = known[label] | (set(Reason) if label == "reason" else set())
                found += [f"{one.name}: no {label} is {value}" for value in values if value not in served]
    every = set().union(*(labels.get(one.name, {}) for one in asked))
    return found + [f"nothing has {label}" for label in grouped(expression) - every]


def promtool(*arguments: str | os.PathLike[str], folder: Path) -> str:
    """What Prometheus' own checker says; the test is skipped where it is not installed."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed")
    done = subprocess.run([tool, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
