"""`syncd demo`, as a person runs it, with its output piped into a file."""

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.demo.story import SCRIPTS
from syncd.service.session import is_running

_GENEROUS = 180
_PROMISED = 100


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


def test_piped_output_is_plain(ended: Ended) -> None:
    """Piped output is plain ASCII, and the list in the end is not too wide for a terminal."""
    the_list = ended.output[ended.output.index("What TikTok says") : ended.output.index("Held for a person")]
    assert ended.output.isascii()
    assert "\x1b" not in ended.output
    assert max(map(len, the_list.splitlines())) <= 120


def test_the_list_has_each_case_in_its_chapter(ended: Ended) -> None:
    """In the order of the story, with what TikTok says, where it stands and what Shopify has."""
    the_list = ended.output[ended.output.index("What TikTok says") : ended.output.index("Held for a person")]
    lines = [line for line in the_list.splitlines() if re.match(r"(  )?\S", line)][1:]
    expected: list[str] = []
    for script in SCRIPTS:
        chapter = script.chapter.value
        expected += [*([] if chapter in expected else [chapter]), f"  {script.title}"]
    assert [line[:25].rstrip() if line.startswith(" ") else line for line in lines] == expected
    assert "  Refund with shipping   paid back 28.46 USD  synced   refund 28.46 USD" in lines


def test_staff_inspect_by_command(ended: Ended) -> None:
    """One unit is restocked and one refused, each by a command beside the running daemon, with its answer."""
    typed = re.findall(r"^  \$ syncd restock us:(\d+) (.*)\n      (.*)$", ended.output, re.MULTILINE)
    assert [words for _, words, _ in typed] == ["--units BOWL=1", "--not"]
    assert [re.sub(r"\d{4}-.*", "", said) for _, _, said in typed] == [
        f"us:{typed[0][0]} is synced, restock waiting: 1 x BOWL since ",
        f"us:{typed[0][0]} is synced, restock done",
    ]


def test_nothing_is_doubled(ended: Ended) -> None:
    """As many refunds, as much money and as many units as are due, and no request once all is settled."""
    names = "refunds|money|stock|freed|cancelled|at rest"
    counted = dict(re.findall(rf"^  ({names}) +(.*)$", ended.output, re.MULTILINE))
    money = "9.750 KWD + 568.73 USD + 489681 VND"
    assert "Nothing was doubled, nothing is missing." in ended.output
    assert counted == {
        "refunds": "21 made, 21 due",
        "money": f"{money} refunded, {money} due",
        "stock": "11 units restocked, 11 due",
        "freed": "4 units that were never shipped, 4 due",
        "cancelled": "2 orders, 2 due",
        "at rest": "0 requests to Shopify once everything was settled",
    }


def test_what_is_left_can_be_looked_at(ended: Ended) -> None:
    """The config that was left is private, and `list` works with it: each paid case has one refund."""
    cases = _stories(ended, "list")
    states = Counter(case["state"] for case in cases)
    refunds = [len(case["shopify_refund_ids"]) for case in cases if case["state"] == "synced"]
    assert stat.S_IMODE((ended.folder / "syncd.toml").stat().st_mode) == 0o600
    assert len(cases) == len(SCRIPTS)
    assert states == {"synced": 22, "held": 6, "skipped": 4, "tracking": 1, "due": 1}
    assert sorted(refunds) == [0, *[1] * 21]  # cash on delivery: nothing was paid


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
