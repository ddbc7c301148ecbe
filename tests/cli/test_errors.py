"""Errors become sentences and exit codes, in one place."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import click
import pytest
from click.testing import CliRunner, Result

import syncd.cli
from syncd import errors
from syncd.cli import cli
from syncd.cli.errors import BROKEN_PIPE, INTERRUPTED
from syncd.redaction import REDACTOR

Ends = Callable[[BaseException], Result]


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Ends:
    """Run the program with a command that ends in an error."""
    monkeypatch.delenv("SYNCD_DEBUG", raising=False)

    def ends(error: BaseException) -> Result:
        @click.command()
        def command() -> None:
            local = "canary-local"
            if local:
                raise error

        monkeypatch.setattr(cli, "get_command", lambda _ctx, _name: command)
        return CliRunner().invoke(cli, ["status"], prog_name="syncd")

    return ends


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 64),
        (errors.StoreDamaged("x"), 65),
        (errors.AlreadyRunning("x"), 69),
        (errors.RequestRefused("x", api="shopify", operation="q"), 70),
        (errors.StoreTrouble("x"), 74),
        (errors.NotReached("x", api="shopify", operation="q"), 75),
        (errors.RateLimited("x", pause=1, api="shopify", operation="q"), 75),
        (errors.OutcomeUnknown("x", api="shopify", operation="q"), 75),
        (errors.ShopStopped("x", api="shopify", operation="q"), 75),
        (errors.CredentialsRefused("x", api="tiktok", operation="q"), 77),
        (errors.MissingScope("x", scope="y", api="tiktok", operation="q"), 77),
        (errors.ConfigError("x"), 78),
        (click.UsageError("x"), 64),
        (click.BadParameter("x"), 64),
        (click.ClickException("x"), 64),
        (click.exceptions.Exit(2), 2),
        (SystemExit(5), 5),
        (KeyboardInterrupt(), INTERRUPTED),
        (click.Abort(), INTERRUPTED),
        (BrokenPipeError(), BROKEN_PIPE),
        (ValueError("x"), 70),
        (ExceptionGroup("x", [errors.StoreTrouble("x"), errors.AlreadyRunning("y")]), 74),
        (ExceptionGroup("x", [errors.StoreTrouble("x"), ExceptionGroup("y", [KeyError("z")])]), 70),
    ],
)
def test_exit_codes(ends: Ends, error: BaseException, code: int) -> None:
    """Every error has its own exit code, and none ends in a traceback."""
    result = ends(error)
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_an_error_is_sentences(ends: Ends) -> None:
    """What happened, every problem in a line of its own, and the hint: on standard error only."""
    error = errors.ConfigError("it cannot be used: 2 problems", problems=["a:1: b", "a:2: c"], hint="try d")
    result = ends(error)
    assert result.stdout == ""
    assert result.stderr == "syncd: it cannot be used: 2 problems\na:1: b\na:2: c\nhint: try d\n"


def test_an_api_error_says_what_support_asks_for(ends: Ends) -> None:
    """The API, the operation, its code and the id of the request are part of the sentence."""
    error = errors.NotReached("no answer", api="tiktok", operation="search", code="503", request_id="r1")
    assert ends(error).stderr == "syncd: no answer (tiktok search, code 503, request r1)\n"


def test_several_errors_at_once(ends: Ends) -> None:
    """Each error of a group has its sentence."""
    result = ends(ExceptionGroup("x", [errors.StoreTrouble("disk full"), errors.AlreadyRunning("locked")]))
    assert result.stderr == "syncd: disk full\nsyncd: locked\n"


def test_a_bug_shows_its_kind_and_place_but_not_its_text(ends: Ends) -> None:
    """The text of an unexpected error may hold a secret: only its kind and its place are shown."""
    result = ends(ValueError("canary"))
    assert result.stderr.startswith("syncd: this is a fault of the program: ValueError at test_errors.py:")
    assert "canary" not in result.stderr


def test_a_traceback_on_request_without_locals(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNCD_DEBUG shows the way an error came, never the variables on it."""
    monkeypatch.setenv("SYNCD_DEBUG", "1")
    result = ends(ValueError("text"))
    assert "Traceback (most recent call last)" in result.stderr
    assert "canary-local" not in result.stderr


def test_secrets_are_masked(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is said on standard error, also a traceback."""
    monkeypatch.setenv("SYNCD_DEBUG", "1")
    REDACTOR.learn("canary-secret")
    error = errors.ConfigError("a canary-secret", problems=["b canary-secret"], hint="c canary-secret")
    assert ends(error).stderr.endswith("syncd: a ***\nb ***\nhint: c ***\n")
    assert "canary-secret" not in ends(error).stderr + ends(ValueError("canary-secret")).stderr


def test_priorities_for_the_journal(tmp_path: Path) -> None:
    """Where journald reads standard error, each line says that it is an error."""
    with (tmp_path / "journal").open("w+") as journal:
        status = os.fstat(journal.fileno())
        named = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        with _run("status", "-c", "missing", stderr=journal, env=os.environ | named) as process:
            process.wait()
        journal.seek(0)
        lines = journal.read().splitlines()
    assert lines
    assert {line[:3] for line in lines} == {"<3>"}


@pytest.mark.parametrize("returned", [0, 1, 2])
def test_a_number_is_an_exit_code(monkeypatch: pytest.MonkeyPatch, returned: int) -> None:
    """A command may return its exit code."""
    command = click.Command("status", callback=lambda: returned)
    monkeypatch.setattr(cli, "get_command", lambda _ctx, _name: command)
    assert CliRunner().invoke(cli, ["status"]).exit_code == returned


def test_anything_else_is_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command returns otherwise is no exit code."""
    command = click.Command("status", callback=lambda: "text")
    monkeypatch.setattr(cli, "get_command", lambda _ctx, _name: command)
    assert CliRunner().invoke(cli, ["status"]).exit_code == 0


@pytest.mark.parametrize(
    "args", [["nope"], ["config", "nope"], ["--nope"], ["config", "check", "x"], ["-c"], []]
)
def test_wrong_usage(args: list[str]) -> None:
    """A wrong command line ends with 64, not with click's 2, which is a finding of `status`."""
    assert CliRunner().invoke(cli, args).exit_code == 64


@pytest.mark.parametrize(
    "args", [["--help"], ["-h"], ["config", "--help"], ["config", "check", "-h"], ["--version"]]
)
def test_help(args: list[str]) -> None:
    """Help and version are no errors."""
    assert CliRunner().invoke(cli, args).exit_code == 0


def test_help_names_every_command() -> None:
    """Each command is listed with its line."""
    output = CliRunner().invoke(cli, ["--help"]).output
    rows = dict(line.strip().split("  ", 1) for line in output.partition("Commands:\n")[2].splitlines())
    assert {name: text.strip() for name, text in rows.items()} == {
        name: text for name, (_, _, text) in syncd.cli.COMMANDS.items()
    }


def _run(*args: str, **options: object) -> Popen[bytes]:
    command = [sys.executable, "-c", "from syncd.cli import main; main()", *args]
    return Popen(command, **{"stderr": PIPE, **options})  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(("args", "code"), [(["--help"], 0), (["nope"], 64), (["config", "example"], 0)])
def test_exit_codes_of_the_process(args: list[str], code: int) -> None:
    """The process itself ends with these codes."""
    with _run(*args, stdout=DEVNULL) as process:
        process.communicate()
    assert process.returncode == code


def test_a_reader_that_goes_away() -> None:
    """`syncd config example | head -0` prints nothing at all on standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    with _run("config", "example", stdout=writer) as process:
        os.close(writer)
        _, complaints = process.communicate()
    assert (process.returncode, complaints) == (BROKEN_PIPE, b"")


def test_help_imports_little() -> None:
    """The help comes up at once: the heavy libraries stay out."""
    heavy = "{'httpx', 'pydantic', 'sqlite_utils', 'rich', 'structlog', 'asyncio', 'apscheduler'}"
    code = f"import sys, syncd.cli; print(sorted({heavy} & set(sys.modules)))"
    with Popen([sys.executable, "-c", code], stdout=PIPE) as process:
        output, _ = process.communicate()
    assert output == b"[]\n"
