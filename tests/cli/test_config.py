"""`syncd config`."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.config import example
from syncd.config.schema import schema

GOOD = """\
[sync]
enabled = true
start_from = 2026-11-01T00:00:00Z
[shops.us.tiktok]
app_key = "6abc"
app_secret = "canary-secret"
[shops.us.shopify]
domain = "acme.myshopify.com"
access_token = "canary-token"
"""

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to run in, and no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SYNCD") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def write(directory: Path) -> Write:
    """Write the config file of this directory."""

    def write(text: str) -> Path:
        path = directory / "syncd.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


def test_example() -> None:
    """The example is printed as it is."""
    assert CliRunner().invoke(cli, ["config", "example"]).stdout == example()


def test_schema() -> None:
    """The schema is printed as it is."""
    assert CliRunner().invoke(cli, ["config", "schema"]).stdout == schema()


def test_show(write: Write) -> None:
    """Every setting in effect with its place, as text and for a program, without a secret."""
    path = write(GOOD)
    told = CliRunner().invoke(cli, ["config", "show"]).stdout
    assert "[shops.us.sync]\nenabled = true" in told
    assert any(
        line.split() == ["app_secret", "=", '"***"', "#", "syncd.toml:6"] for line in told.splitlines()
    )
    found = json.loads(CliRunner().invoke(cli, ["config", "show", "--json"]).stdout)
    assert found["path"] == path.name
    assert {"key": "shops.us.shopify.concurrency", "value": "8", "source": "default"} in found["keys"]
    assert "canary" not in told + json.dumps(found)


def test_check(write: Write) -> None:
    """A good file is told with what each shop will do."""
    write(GOOD)
    result = CliRunner().invoke(cli, ["config", "check"])
    summary = "us: acme.myshopify.com, polled every 5m, writes what was paid back since 2026-11-01T00:00:00Z"
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"syncd.toml: ok\n  {summary}\n", "")


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        ("enabled = false", "not enabled: nothing is polled and nothing is written"),
        ("guard.dry_run = true", "dry run: nothing is written"),
    ],
)
def test_check_says_when_nothing_is_written(write: Write, line: str, piece: str) -> None:
    """A shop that writes nothing is told so."""
    write(f"{line}\n{GOOD}" if "." in line else GOOD.replace("enabled = true", line))
    assert piece in CliRunner().invoke(cli, ["config", "check"]).stdout


def test_check_warns(write: Write) -> None:
    """Warnings go to standard error and are no failure."""
    write(GOOD.replace("enabled = true", "enabled = true\npoll_interval = '29s'"))
    result = CliRunner().invoke(cli, ["config", "check"])
    assert result.exit_code == 0
    assert result.stderr == ("warning: syncd.toml:3: sync.poll_interval: is very short (5m is plenty)\n")


def test_check_fails_with_every_problem(write: Write) -> None:
    """A bad file ends with 78 and every problem in a line that an editor can jump to."""
    write(GOOD.replace("true", '"canary"').replace("app_key", "app_kee"))
    result = CliRunner().invoke(cli, ["config", "check"])
    assert (result.exit_code, result.stdout) == (78, "")
    assert result.stderr.splitlines() == [
        "syncd: syncd.toml cannot be used: 3 problems",
        "syncd.toml:2: sync.enabled: must be true or false (without quotes)",
        "syncd.toml:4: shops.us.tiktok.app_key: is required (Partner Center shows it)",
        "syncd.toml:5: shops.us.tiktok.app_kee: unknown key (did you mean app_key?)",
    ]


def test_check_without_a_file() -> None:
    """Without a file, the sentence says how to get one."""
    result = CliRunner().invoke(cli, ["config", "check"])
    assert result.exit_code == 78
    assert "hint: syncd config example > syncd.toml, or name a file with -c\n" in result.stderr


def test_json_of_a_good_file(write: Write) -> None:
    """A program reads the same."""
    write(GOOD.replace("enabled = true", "enabled = true\npoll_interval = '29s'"))
    result = CliRunner().invoke(cli, ["config", "check", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "ok": True,
        "path": "syncd.toml",
        "shops": ["us"],
        "warnings": ["syncd.toml:3: sync.poll_interval: is very short (5m is plenty)"],
        "problems": [],
        "hint": "",
    }


def test_json_of_a_bad_file(write: Write) -> None:
    """A program gets the problems on standard output, and the same exit code."""
    write(f"store.x = 1\n{GOOD}")
    result = CliRunner().invoke(cli, ["config", "check", "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"], len(found["problems"])) == (78, False, 1)
    assert found["problems"][0].startswith("syncd.toml:1: store.x: unknown key")


def test_json_without_a_file() -> None:
    """A missing file is a problem like any other."""
    found = json.loads(CliRunner().invoke(cli, ["config", "check", "--json"]).stdout)
    assert found["problems"] == ["there is no syncd.toml or /etc/syncd/syncd.toml"]


@pytest.mark.parametrize(
    "args",
    [
        ["-c", "other.toml", "config", "check"],
        ["config", "-c", "other.toml", "check"],
        ["config", "check", "-c", "other.toml"],
        ["config", "check", "--config", "other.toml"],
        ["-c", "first.toml", "config", "check", "-c", "other.toml"],
    ],
)
def test_the_file_may_be_named_anywhere(write: Write, args: list[str]) -> None:
    """`-c` stands before or after the command; the last one counts, over the environment."""
    write(GOOD).rename("other.toml")
    result = CliRunner().invoke(cli, args, env={"SYNCD_CONFIG": "env.toml"})
    assert result.stdout.startswith("other.toml: ok\n")


def test_the_file_may_be_named_in_the_environment(write: Write) -> None:
    """`SYNCD_CONFIG` names the file where nothing else does."""
    write(GOOD).rename("other.toml")
    result = CliRunner().invoke(cli, ["config", "check"], env={"SYNCD_CONFIG": "other.toml"})
    assert result.stdout.startswith("other.toml: ok\n")


def test_the_process(write: Write, directory: Path) -> None:
    """The real process takes variables and systemd's credentials, and ends with 0 or 78."""
    path = write(GOOD.replace('app_secret = "canary-secret"\n', ""))
    command = [sys.executable, "-c", "from syncd.cli import main; main()", "config", "check", "-c", str(path)]
    credentials = directory / "credentials"
    credentials.mkdir()
    before = run(command, capture_output=True, check=False)
    (credentials / "shops.us.tiktok.app_secret").write_text("canary\n")
    after = run(
        command,
        capture_output=True,
        check=False,
        env={**os.environ, "CREDENTIALS_DIRECTORY": str(credentials)},
    )
    wrong = run(
        command, capture_output=True, check=False, env={**os.environ, "SYNCD__SYNC__ENABLET": "canary"}
    )
    assert (before.returncode, after.returncode, wrong.returncode) == (78, 0, 78)
    assert b"environment SYNCD__SYNC__ENABLET: there is no such key" in wrong.stderr
    assert b"canary" not in before.stderr + after.stderr + wrong.stderr
