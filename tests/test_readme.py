"""The README tells nothing that is not so."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.cli import COMMANDS

_ROOT = Path(__file__).parents[1]
_TEXT = (_ROOT / "README.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)


def _code() -> Iterator[str]:
    """Everything that is set as code, in blocks and in sentences."""
    yield from _blocks("sh")
    yield from re.findall(r"`([^`\n]+)`", _TEXT)


def test_ci_runs_the_commands() -> None:
    """CI runs the tests by the README's command, letter by letter, and the same demo."""
    demo, tests = (block.strip().rpartition(" && ")[2] for block in _blocks("sh"))
    steps = (_ROOT / ".ci" / "run").read_text()
    assert tests in steps
    assert demo[demo.index("syncd demo") :] in steps


def test_commands_exist() -> None:
    """Each command that is named as code exists."""
    named = {name for code in _code() for name in re.findall(r"\bsyncd ([a-z]+)", code)}
    assert named == set(COMMANDS)


def test_the_commands_of_config_exist() -> None:
    """Each that the table names with a second word, and no other."""
    named = set(re.findall(r"^\| `syncd config ([a-z]+)`", _TEXT, re.MULTILINE)) | {"schema"}
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "config", "-h"], capture_output=True, text=True, check=True
    )
    assert set(re.findall(r"^  (\w+) ", done.stdout.partition("Commands:")[2], re.MULTILINE)) == named


def test_links_lead_somewhere() -> None:
    """Each link leads to a file or folder of the repository."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", _TEXT)
    assert targets
    assert [target for target in targets if not (_ROOT / target).exists()] == []


@pytest.mark.parametrize("block", _blocks("toml"))
def test_the_configs_are_good_ones(tmp_path: Path, block: str) -> None:
    """Each config of the README is accepted as it stands, without a warning."""
    path = tmp_path / "syncd.toml"
    path.touch(mode=0o600)
    path.write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "config", "check", "-c", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (os.EX_OK, "")
