"""The operator's guide says what the program says."""

import re
from pathlib import Path

import pytest

from syncd.cli import COMMANDS
from syncd.model.reasons import EXPLANATIONS, Group, hint_for
from syncd.service.alerts.catalogue import MEANINGS

_CONFIG = Path(__file__).parents[1] / "config"
_GUIDE = (_CONFIG / "holds.md").read_text()
_ALERTS = (_CONFIG / "alerts.md").read_text()
_HEADINGS = {
    Group.WAIT: "Waits",
    Group.HOLD: "Held",
    Group.SKIP: "Skipped",
    Group.DISMISSAL: "Dismissed",
}


def _wanted(group: Group) -> list[str]:
    return [
        f"| `{reason}` | {told.sentence} | {hint_for(reason, 'CASE') or 'Nothing.'} |"
        f" {'yes' if told.heals else 'no'} |"
        for reason, told in EXPLANATIONS.items()
        if told.group is group
    ]


@pytest.mark.parametrize("group", Group)
def test_each_reason_has_its_row(group: Group) -> None:
    """One each, in the table of its group, with its own sentence and hint."""
    section = re.split(r"^## ", _GUIDE, flags=re.MULTILINE)
    [table] = [text for text in section if text.startswith(f"{_HEADINGS[group]}\n")]
    rows = re.findall(r"^\| `.*$", table, re.MULTILINE)
    wanted = _wanted(group)
    assert rows == wanted, f"config/holds.md wants under {_HEADINGS[group]}:\n" + "\n".join(wanted)


def test_no_row_is_left_over() -> None:
    """Every row of the guide stands in one of the four tables."""
    assert len(re.findall(r"^\| `", _GUIDE, re.MULTILINE)) == len(EXPLANATIONS)


def test_commands_exist() -> None:
    """Each command that is named as code exists."""
    named = set(re.findall(r"(?:^|`)syncd ([a-z]+)", _GUIDE, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_each_alert_has_its_row() -> None:
    """One each, with its own words, and none for an alert that there is not."""
    rows = re.findall(r"^\| `.*$", _ALERTS, re.MULTILINE)
    wanted = [
        f"| `{kind}` | {told.title} | {told.level} | {told.sentence} | {told.todo} |"
        for kind, told in MEANINGS.items()
    ]
    assert rows == wanted, "config/alerts.md wants:\n" + "\n".join(wanted)


def test_the_commands_of_alerts_exist() -> None:
    """Each command that an alert tells people to type exists."""
    named = {word for told in MEANINGS.values() for word in re.findall(r"\bsyncd ([a-z]+)", told.todo)}
    assert {"status", "list", "show"} <= named <= set(COMMANDS)
