"""The example in each command's help."""

import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from syncd.cli import COMMANDS, cli
from syncd.service.decisions import Command
from tests.guide.pages import Typed
from tests.guide.test_commands import FINE

if TYPE_CHECKING:
    from tests.guide.conftest import Machine

_ENDLESS = frozenset({"run", "demo"})
"""These go on until somebody stops them: `tests/e2e` has tests for both."""
_NAMES = {"us:4035318504086604100": "CASE", "gid://shopify/Refund/938": "REFUND", "MUG=1": "MUG=1"}


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with what is typed for it."""
    context = click.Context(group)
    for name in group.list_commands(context) if isinstance(group, click.Group) else ():
        assert isinstance(group, click.Group)
        inner = group.get_command(context, name)
        assert inner
        if isinstance(inner, click.Group):
            yield from commands(inner, *names, name)
        else:
            yield " ".join((*names, name)), inner


ALL = dict(commands(cli))


def test_no_command_is_missed() -> None:
    """Those of the table, and those under them."""
    assert {name.partition(" ")[0] for name in ALL} == set(COMMANDS)


@pytest.mark.parametrize("name", ALL)
def test_each_has_an_example(name: str) -> None:
    """Of itself, in one line that can be copied."""
    epilog = ALL[name].epilog or ""
    assert re.fullmatch(rf"Example: syncd {name}\b[^\n]*", epilog), f"syncd {name} -h has no example"


@pytest.mark.parametrize("name", [name for name in ALL if name not in _ENDLESS])
def test_the_example_works(name: str, machine: "Machine", monkeypatch: pytest.MonkeyPatch) -> None:
    """It does on a machine where syncd has run for a while what the help says."""
    line = (ALL[name].epilog or "").removeprefix("Example: syncd ").partition(" > ")[0]
    words = [_NAMES.get(word, word) for word in shlex.split(line)]
    words = [word.replace("/var/backups/syncd-1.db", "/var/backups/syncd/1.db") for word in words]
    run = Typed(tuple(words), with_secrets=True, then="")
    decides = words[0] in {str(command) for command in Command}
    if not decides:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(machine.credentials))
    with machine.daemon() if decides else nullcontext():
        done = CliRunner().invoke(cli, machine.words(run), input=machine.pasted(run))
    assert done.exit_code in FINE.get(words[0], {0}), done.output
