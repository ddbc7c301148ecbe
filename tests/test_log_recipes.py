"""The recipes of config/logs.md, run on a log that the program has written."""

import asyncio
import json
import re
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.service.build import open_shops
from syncd.service.call_log import CallLog
from syncd.service.cycle_log import CycleLog
from syncd.service.logs import set_up
from syncd.sync.cycle import ShopCycle
from syncd.sync.observer import Observers
from tests.own_logging import own_logging
from tests.sync.world import World, open_to_write

GUIDE = (Path(__file__).parents[1] / "config" / "logs.md").read_text()
RECIPES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if "| jq " in line
]
SHELL = 'journalctl() { cat "$LOG"; }; set -o pipefail; '

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with a write, a hold, an outage, and a fault of the program, and two lines of systemd's."""
    folder = tmp_path_factory.mktemp("log")
    world = World(folder)
    path = folder / "log"
    with world.pair.serving(), own_logging(), path.open("w") as stream:
        set_up("debug", "auto", [], stream)
        print("Starting syncd.service - syncd...", file=stream)
        asyncio.run(_live(world))
        print("syncd.service: Deactivated successfully.", file=stream)
    return path


async def _live(world: World) -> None:
    store = open_to_write(world.folder / "syncd.db")
    log = CycleLog(world.clock)
    durations = count(1)
    for server in (world.pair.tiktok_server, world.pair.shopify_server):
        server.front.faults.before.append(lambda *_: world.clock.advance(next(durations) / 1000))
    world.tables["guard.max_refund"] = {"USD": "30.00"}
    observers = Observers([CallLog(), log])
    async with open_shops(world.settings(), store, world.clock, observer=observers) as [shop]:
        cycle = ShopCycle(shop)

        async def once() -> None:
            world.clock.advance(3700)
            log.cycled("us", await cycle.run(), 0.5)

        world.refund()
        world.refund(total="40.00")
        await once()
        locked = json_reply({"errors": "Locked"}, 423, {"x-request-id": "r-423"})
        world.faults.add(Fault(FaultKind.REPLY, reply=locked, times=10_000))
        world.refund()
        await once()
        await once()
        world.faults.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("syncd.sync.work.decide", lambda *_: 1 / 0)
            await once()
    store.close()


@pytest.fixture(scope="module")
def lines(log: Path) -> list[Any]:
    """Its lines that are JSON."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def said(recipe: str, log: Path) -> list[str]:
    """What a recipe prints."""
    done = subprocess.run(
        ["bash", "-c", SHELL + recipe],  # noqa: S607 - the shell of whoever reads the guide
        env={"LOG": str(log), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def the(part: str) -> str:
    """The one recipe that has this in it."""
    [recipe] = [str(recipe) for recipe in RECIPES if part in recipe]
    return recipe


@pytest.mark.parametrize(
    ("field", "sample"),
    [
        ("case_id", "4035318504086604100"),
        ("order_id", "576461413038785752"),
        ("shop", "us"),
        ("cycle_id", "19a4f3b2c10"),
    ],
)
def test_all_of_one(field: str, sample: str, log: Path, lines: list[Any]) -> None:
    """Every line of one case, order, shop or cycle, and no other."""
    recipe = the(f"select(.{field} == $")
    wanted = next(line[field] for line in lines if line["event"] == "case_decided")
    assert sample in recipe
    found = [json.loads(line) for line in said(recipe.replace(sample, wanted), log)]
    assert found == [line for line in lines if line.get(field) == wanted]
    assert len(found) > 3


def test_one_request(log: Path, lines: list[Any]) -> None:
    """The exchange, the steps of the write that it belongs to, and nothing else."""
    wanted = next(line["request_ids"][0] for line in lines if line.get("request_ids"))
    found = [json.loads(line) for line in said(the(".request_id == $id").replace("8f0d2c1e", wanted), log)]
    assert [line["event"] for line in found] == ["api_call", "write_step"]


def test_an_error_by_its_request(log: Path, lines: list[Any]) -> None:
    """The error that a request led to is found by its id, too."""
    wanted = next(line["request_id"] for line in lines if line["event"] == "cycle_failed")
    found = [json.loads(line) for line in said(the(".request_id == $id").replace("8f0d2c1e", wanted), log)]
    assert {line["event"] for line in found} == {"api_call", "cycle_failed", "cycle_still_failing"}


def test_writes(log: Path, lines: list[Any]) -> None:
    """When, where, what and how far."""
    rows = [line.split("\t") for line in said(the('"write_step"'), log)]
    steps = [line for line in lines if line["event"] == "write_step"]
    assert rows == [[line[name] for name in ("ts", "shop", "case_id", "action", "step")] for line in steps]
    assert [row[-1] for row in rows] == ["sending", "confirmed"]


def test_what_went_wrong(log: Path) -> None:
    """The failure, its reminder and its end."""
    rows = [line.split("\t") for line in said(the("still_failing"), log)]
    assert [row[1] for row in rows] == ["cycle_failed", "cycle_still_failing", "cycle_recovered"]
    assert [bool(row[4]) for row in rows] == [False, True, True]


def test_holds_by_reason(log: Path) -> None:
    """A number and a reason."""
    rows = [line.split() for line in said(the("uniq -c"), log)]
    assert ["1", "over_ceiling"] in rows
    assert {reason for _, reason in rows} == {"over_ceiling", "internal_error"}


def test_a_traceback(log: Path) -> None:
    """As Python prints it, with its lines."""
    found = said(the(".exception"), log)
    assert found[0] == "Traceback (most recent call last):"
    assert found[-1] == "ZeroDivisionError: division by zero"


def test_slow_requests(log: Path, lines: list[Any]) -> None:
    """At most ten, the slowest first."""
    times = [float(line.split("\t")[0]) for line in said(the('"api_call"'), log)]
    calls = [line["duration_ms"] for line in lines if line["event"] == "api_call"]
    assert len(set(calls)) > 10
    assert times == sorted(calls, reverse=True)[:10]


def test_every_recipe_is_tried() -> None:
    """One more than in the tests above would be one that nobody runs."""
    assert len(RECIPES) == 10
