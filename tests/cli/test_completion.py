"""What a shell completes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from syncd.cli import COMMANDS, cli
from syncd.model.reasons import EXPLANATIONS


def offered(line: str) -> list[str]:
    """The words that bash is offered for what was typed so far; the last word is not whole yet."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "syncd"],
        env={"_SYNCD_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [word.partition(",")[2] for word in done.stdout.splitlines() if word]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    """It asks the program itself for what fits."""
    done = CliRunner().invoke(cli, ["completion", shell])
    assert done.exit_code == 0
    assert f"_SYNCD_COMPLETE={shell}_complete" in done.stdout


def test_commands_and_words(config: Path) -> None:
    """Commands, states and reasons need no store."""
    assert set(offered("syncd ")) == set(COMMANDS)
    assert offered(f"syncd -c {config} list --state he") == ["held"]
    assert set(offered("syncd list --reason ")) == {reason.value for reason in EXPLANATIONS}


@pytest.mark.usefixtures("cases")
def test_shops_and_cases(config: Path) -> None:
    """The shops of the config file, and the cases that are held."""
    assert offered(f"syncd -c {config} list --shop ") == ["us", "uk"]
    assert offered(f"syncd -c {config} show ") == ["us:1"]


def test_silence_where_nothing_is_known(tmp_path: Path) -> None:
    """Without a config file, or a store, there is nothing to offer, and no error in the line."""
    assert offered(f"syncd -c {tmp_path}/none.toml show ") == []
    assert offered(f"syncd -c {tmp_path}/none.toml list --shop ") == []


def test_a_mistyped_reason() -> None:
    """It would only find nothing: near ones are named."""
    done = CliRunner().invoke(cli, ["list", "--reason", "pauzed"])
    assert "there is no reason 'pauzed'; did you mean paused?" in done.output
    assert done.exit_code == 64


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("words", "expected"),
    [("show us : 1", "1"), ("show us :", "1"), ("show us:", "us:1"), ("list --shop u", "us uk")],
)
def test_bash_splits_at_colons(config: Path, tmp_path: Path, words: str, expected: str) -> None:
    """What bash puts in place of its last word completes the case, however it splits `us:1`."""
    bash = shutil.which("bash") or pytest.skip("this machine has no bash")
    program = tmp_path / "syncd"
    program.write_text(f'#!{bash}\nexec {sys.executable} -m syncd "$@"\n')
    program.chmod(0o755)
    script = (
        f'source /dev/stdin <<< "$({program} completion bash)"; COMP_WORDS=(syncd {words})\n'
        f'COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _syncd_completion {program}; echo "${{COMPREPLY[@]}}"'
    )
    env = {"SYNCD_CONFIG": str(config), "PATH": os.environ["PATH"]}
    done = subprocess.run([bash, "--norc", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (expected.split(), "")
