"""Figures and probes of a world at work."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest
from structlog.testing import capture_logs

from syncd.redaction import REDACTOR
from syncd.sandbox.faults import Fault, FaultKind
from syncd.service.metrics import serving_metrics
from tests.service.metrics.watched import Watched, watching
from tests.sync.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the textfile is, or will be."""
    return tmp_path / "run" / "syncd.prom"


@pytest.fixture
def filed(world: World, file: Path) -> Iterator[Watched]:
    """Without a port, with a textfile in a folder that is there."""
    file.parent.mkdir()
    with watching(world, listen="", textfile=str(file)) as filed:
        yield filed


def said(file: Path) -> str:
    """What is in it."""
    return file.read_text()


def mode(file: Path) -> int:
    """Who may do what with it."""
    return S_IMODE(file.stat().st_mode)


def files(folder: Path) -> list[str]:
    """What is there."""
    return sorted(path.name for path in folder.iterdir())


# Probes


def test_healthz(watched: Watched) -> None:
    """As long as work goes on."""
    good = watched.get("/healthz")
    watched.alive[0] = False
    bad = watched.get("/healthz")

    assert (good.status, good.text) == (200, "ok\n")
    assert (bad.status, bad.text) == (503, "no progress: the log says where it stands\n")


async def test_readyz(watched: Watched) -> None:
    """Once the store is there and the shop was polled, until it was not for too long."""
    nothing = watched.get("/readyz")
    await watched.cycle()
    good = watched.get("/readyz")
    watched.world.clock.advance(3600)
    late = watched.get("/readyz")

    assert (nothing.status, good.status, good.text) == (503, 200, "ok\n")
    assert "there is no store yet" in nothing.text
    assert (late.status, late.text) == (503, "us: no good poll for 60 min\n")


async def test_readyz_tells_no_secret(watched: Watched) -> None:
    """Whatever stands in the last error."""
    secret = "canary-client-secret"
    watched.world.tables["shops.us.shopify"] = {"client_secret": secret}
    REDACTOR.learn(secret)
    watched.metrics.in_effect(watched.world.settings())
    front = watched.world.pair.tiktok_server.front
    front.faults.add(Fault(FaultKind.STATUS_503, "returns/search", times=99))
    async with watched.world.opened() as shop:
        shop.store.shops.failed("us", f"it was {secret}", watched.world.clock.now())
        answer = watched.get("/readyz")

    assert (answer.status, answer.text) == (503, "us: it was ***\n")


def test_readyz_before_the_daemon_works(world: World) -> None:
    """The port is open before any shop is."""
    world.tables["metrics"] = {"listen": "127.0.0.1:0"}
    with serving_metrics(settings := world.settings(), world.clock, lambda: True) as metrics:
        watched = Watched(world, settings, metrics)
        assert (watched.get("/readyz").text, watched.get("/healthz").status) == ("starting\n", 200)
        assert watched.get("/metrics").status == 200


# Reload


def test_reload(watched: Watched) -> None:
    """When settings took effect last, and whether the file was good when it was last read.

    That the old settings stay in effect is no success.
    """
    began = watched.world.clock.now().timestamp()
    watched.world.clock.advance(60)
    watched.metrics.refused()
    watched.metrics.in_effect(watched.settings)
    refused = (
        watched.value("syncd_config_last_reload_successful"),
        watched.value("syncd_config_last_reload_success_timestamp_seconds"),
    )
    watched.world.clock.advance(60)
    watched.metrics.in_effect(watched.world.settings(auto_restock=False))

    assert refused == (0.0, began)
    assert watched.value("syncd_config_last_reload_successful") == 1.0
    assert watched.value("syncd_config_last_reload_success_timestamp_seconds") == began + 120


# Textfile


async def test_the_textfile(filed: Watched, file: Path) -> None:
    """All figures, readable by others under any umask, and nothing else in the folder."""
    before = os.umask(0o077)
    try:
        filed.world.refund()
        await filed.cycle()
        await filed.metrics.written()
    finally:
        os.umask(before)

    assert 'syncd_refunds_total{outcome="written",shop="us"} 1.0\n' in said(file)
    assert mode(file) == 0o644
    assert files(file.parent) == [file.name]
    assert filed.metrics.port == 0


async def test_the_textfile_is_not_written_all_the_time(filed: Watched, file: Path) -> None:
    """At most every few seconds, however short the cycles are."""
    await filed.metrics.written()
    first = said(file)
    filed.world.clock.advance(1)
    await filed.metrics.written()
    soon = said(file)
    filed.world.clock.advance(5)
    await filed.metrics.written()

    assert first == soon
    assert first != said(file)


async def test_a_textfile_that_cannot_be_written(filed: Watched, file: Path) -> None:
    """It is told once, and again when it is over; nothing else stops."""
    file.parent.rmdir()
    with capture_logs() as lines:
        for _ in range(3):
            await filed.metrics.written()
            filed.world.clock.advance(60)
        file.parent.mkdir()
        for _ in range(2):
            await filed.metrics.written()
            filed.world.clock.advance(60)

    assert [line["event"] for line in lines] == ["textfile_failed", "textfile_recovered"]
    assert "No such file or directory" in lines[0]["error"]
    assert lines[0]["path"] == str(file)
    assert files(file.parent) == [file.name]


async def test_a_leftover_of_a_death_is_no_obstacle(filed: Watched, file: Path, tmp_path: Path) -> None:
    """Nor is a link that somebody has put in its place: what it leads to is left alone."""
    (tmp_path / "other").write_text("other")
    (file.parent / "syncd.prom.new").symlink_to(tmp_path / "other")

    await filed.metrics.written()

    assert said(tmp_path / "other") == "other"
    assert "syncd_build_info" in said(file)


async def test_the_textfile_goes_with_the_daemon(world: World, file: Path) -> None:
    """What it says would be true no longer; and nothing brings it back."""
    file.parent.mkdir()
    with watching(world, listen="", textfile=str(file)) as filed:
        await filed.metrics.written()
        there = files(file.parent)
    world.clock.advance(60)
    await filed.metrics.written()

    assert (there, files(file.parent)) == ([file.name], [])


async def test_another_textfile_after_a_reload(filed: Watched, file: Path) -> None:
    """The old one is taken away."""
    await filed.metrics.written()
    other = file.with_name("other.prom")
    filed.world.tables["metrics"]["textfile"] = str(other)

    filed.metrics.in_effect(filed.world.settings())
    filed.world.clock.advance(60)
    await filed.metrics.written()

    assert files(file.parent) == [other.name]


async def test_a_textfile_wanted_by_a_reload(world: World, file: Path) -> None:
    """Counting begins then."""
    file.parent.mkdir()
    with watching(world, listen="") as watched:
        await watched.cycle()
        world.tables["metrics"] = {"textfile": str(file)}
        watched.metrics.in_effect(world.settings())
        world.refund()
        await watched.cycle()
        await watched.metrics.written()

        assert 'syncd_cycles_total{outcome="good",shop="us"} 1.0\n' in said(file)


async def test_the_store_is_read_beside_the_event_loop(filed: Watched) -> None:
    """Others go on while the file is made."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await filed.metrics.written()
    task.cancel()

    assert turns > 1


def test_nothing_is_imported_unless_it_is_wanted() -> None:
    """The library takes a tenth of a second and some megabytes."""
    script = "import sys, syncd.service.metrics; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
