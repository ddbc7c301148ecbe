"""`syncd demo`, as a person runs it, with its output piped into a file."""

import json
import os
import re
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.demo.story import SCRIPTS
from syncd.service.session import is_running

_GENEROUS = 120
_PROMISED = 45


@dataclass(frozen=True, slots=True)
class Ended:
    """How the demo ended, and where it left its things."""

    code: int
    output: str
    errors: str
    seconds: float
    folder: Path


def _syncd(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "syncd", *arguments]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=_GENEROUS
    )


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The demo, run once for all tests here."""
    place = tmp_path_factory.mktemp("demo")
    begun = time.monotonic()
    done = _syncd("demo", TMPDIR=str(place))
    seconds = time.monotonic() - begun
    return Ended(done.returncode, done.stdout, done.stderr, seconds, next(place.glob("syncd-demo-*")))


def _stories(ended: Ended, *arguments: str) -> Any:
    return json.loads(_syncd(*arguments, "--json", "-c", str(ended.folder / "syncd.toml")).stdout)


def test_every_case_ends_as_expected(ended: Ended) -> None:
    """The demo ends with exit code 0 and names no difference."""
    assert (ended.code, ended.errors) == (0, ""), ended.output
    assert "NOT AS EXPECTED" not in ended.output


def test_it_ends_in_time(ended: Ended) -> None:
    """It ends by itself in less time than it promises."""
    assert ended.seconds < _PROMISED


def test_piped_output_has_no_escape_codes(ended: Ended) -> None:
    """Piped output is plain text, and plain ASCII but for the table's rule."""
    assert "\x1b" not in ended.output
    assert set(re.findall(r"[^\x00-\x7f]", ended.output)) <= {"─"}


def test_the_table_has_a_row_for_each_case(ended: Ended) -> None:
    """The final table is aligned, and has each case of the story in its order."""
    table = ended.output[ended.output.index("Shopify has") :]
    head = next(line for line in ended.output.splitlines() if "TikTok says" in line)
    rows = [line for line in table.splitlines() if any(line[1:].startswith(one.title) for one in SCRIPTS)]
    assert [line[1 : head.index("TikTok says")].strip() for line in rows] == [one.title for one in SCRIPTS]
    assert re.split(r"  +", head.strip()) == [
        "case",
        "TikTok says",
        "Shopify has",
        "restocked",
        "state",
        "why",
    ]


def test_nothing_is_doubled(ended: Ended) -> None:
    """As many refunds, as much money and as many units as are due, and no request once all is settled."""
    counted = dict(re.findall(r"^  (refunds|money|stock|at rest) +(.*)$", ended.output, re.MULTILINE))
    assert "Nothing was doubled, nothing is missing." in ended.output
    assert counted == {
        "refunds": "10 made, 10 due",
        "money": "283.74 USD + 489681 VND refunded, 283.74 USD + 489681 VND due",
        "stock": "4 units restocked, 4 due",
        "at rest": "0 requests to Shopify once everything was settled",
    }


def test_what_is_left_can_be_looked_at(ended: Ended) -> None:
    """The config that was left is private, and `list` works with it: each paid case has one refund."""
    cases = _stories(ended, "list")
    synced = [case for case in cases if case["state"] == "synced"]
    assert stat.S_IMODE((ended.folder / "syncd.toml").stat().st_mode) == 0o600
    assert len(cases) == len(SCRIPTS)
    assert [len(case["shopify_refund_ids"]) for case in synced] == [1] * 10


def test_the_kill_is_part_of_the_story(ended: Ended) -> None:
    """The daemon was killed between sending and answer; started again, it found its refund on the order."""
    killed = re.search(r" show (\d+) -c", ended.output)
    assert killed
    story = _stories(ended, "show", killed[1])
    events = [line["event"] for line in story["history"] if line.get("action") == "process_return"]
    assert events == ["intended", "sending", "found"]
    assert [one["attempts"] for one in story["requests"] if one["action"] == "process_return"] == [1]


def test_no_daemon_is_left_behind(ended: Ended) -> None:
    """When the demo has ended, nobody holds its store."""
    assert not is_running(ended.folder / "syncd.db")


def test_without_the_extra_it_says_what_to_install() -> None:
    """Without the stand-ins' libraries there is one sentence, what to install, and exit code 64."""
    code = "import sys; sys.modules['aiohttp'] = None; from syncd.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "demo"], capture_output=True, text=True, check=False, timeout=_GENEROUS
    )
    assert done.returncode == os.EX_USAGE
    assert done.stderr.splitlines() == [
        "syncd: the demo needs the stand-in shops, which are an extra",
        "hint: in the source folder: python3 -m pip install '.[sandbox]'",
    ]
