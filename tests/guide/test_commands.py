"""What the pages for operators tell people to type does what it is there for."""

import json
import re
import shlex
import shutil
import subprocess
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.service.decisions import Command
from tests.guide.pages import ALIAS, PAGES, Typed, blocks, in_sentences, lines, typed

if TYPE_CHECKING:
    from tests.guide.conftest import Machine

_DECIDING = {command.value for command in Command}
FINE = {"status": {0, 1, 2}, "check": {0, 1, 2}, "report": {0, 1}}
"""Exit codes of commands that tell something by them."""


def _bash(*arguments: str, text: str) -> "subprocess.CompletedProcess[str]":
    bash = shutil.which("bash") or pytest.skip("this machine has no bash")
    return subprocess.run(
        [bash, *arguments], input=text, capture_output=True, text=True, check=False, timeout=20
    )


def _piped(into: str, text: str) -> "subprocess.CompletedProcess[str]":
    if "jq" in into and not shutil.which("jq"):
        pytest.skip("this machine has no jq")
    return _bash("-c", into, text=text)


@pytest.mark.parametrize("run", [pytest.param(run, id=str(run)) for run in typed()])
def test_commands_are_run(run: Typed, machine: "Machine", monkeypatch: pytest.MonkeyPatch) -> None:
    """Each succeeds: with the unit's secrets where it says so, else without any, and beside the daemon."""
    name = run.words[0]
    if run.with_secrets:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(machine.credentials))
    with machine.daemon() if name in _DECIDING and not run.with_secrets else nullcontext():
        done = CliRunner().invoke(cli, machine.words(run), input=machine.pasted(run))
    fine = FINE.get(name, {0})
    assert done.exit_code in fine, done.output
    if run.then:
        piped = _piped(run.then, done.stdout)
        assert (piped.returncode, piped.stderr) == (0, "")


@pytest.mark.parametrize("line", [line for line in lines() if re.match(r"journalctl .*\| jq", line)])
def test_the_journal_can_be_filtered(line: str) -> None:
    """Jq takes each filter, which passes over lines that are no JSON."""
    said = [json.dumps({"event": "case_held", "shop": "us", "ts": "2026-11-26T08:00:00Z"}), "Started syncd."]
    piped = _piped(line.partition(" | ")[2], "\n".join(said))
    assert (piped.returncode, piped.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES)
def test_blocks_are_shell(page: str) -> None:
    """The shell takes each block as it stands."""
    for block in blocks(PAGES[page]):
        done = _bash("-n", text=block)
        assert (done.returncode, done.stderr) == (0, ""), block


def _words(code: str) -> list[str]:
    return [word for word in shlex.split(code) if word != ALIAS][1:]


@pytest.mark.parametrize("code", in_sentences())
def test_commands_in_sentences_exist(code: str) -> None:
    """With the options that they are named with; what follows them may be left out."""
    _parse(cli, _words(code))


def _parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> None:
    try:
        context = command.make_context("syncd", words, parent=parent)
    except click.MissingParameter:
        return
    if isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner, f"there is no {name}"
        _parse(inner, rest, context)
