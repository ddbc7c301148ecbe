"""The desk: from what is wrong to a message that arrives, over real HTTP."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from syncd.config.settings import Settings
from syncd.errors import CredentialsRefused, StoreTrouble
from syncd.model.cases import State
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.server import LoopbackServer
from syncd.service.alerts import desk as module
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.desk import AlertDesk, alerting
from syncd.service.alerts.heartbeat import Heartbeat
from syncd.service.alerts.last_words import endings, last_words
from syncd.service.supervisor import Stuck
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult
from tests.hook import Hook
from tests.service.alerts.conftest import keep

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SettingsOf = Callable[..., Settings]
REFUSED = CredentialsRefused("no", api="tiktok", operation="returns/search")
GOOD = CycleResult()


@pytest.fixture
def settings(settings_of: SettingsOf, address: str) -> Settings:
    return settings_of(f"alerts.urls = ['{address}']\n")


@pytest.fixture
def desk_of(store: Store, clock: HandClock) -> Callable[[Settings], AlertDesk]:
    """Open a desk, as a process does when it starts."""
    return lambda settings: AlertDesk(settings, store, clock)


@pytest.fixture
def desk(settings: Settings, desk_of: Callable[[Settings], AlertDesk]) -> AlertDesk:
    return desk_of(settings)


def hold(store: Store, clock: HandClock, number: int = 1, state: State = State.HELD) -> None:
    keep(store, "us", number, clock.now(), state=state, reason="units_gone" if state is State.HELD else None)


async def after(desk: AlertDesk, clock: HandClock, span: timedelta) -> None:
    """That much later there is a round."""
    clock.advance(span)
    await desk.round()


async def test_a_held_case_and_its_end(desk: AlertDesk, store: Store, clock: HandClock, hook: Hook) -> None:
    """It is told once, and so is its end."""
    hold(store, clock)
    for _ in range(3):
        await after(desk, clock, MINUTE)
    assert hook.titles == ["syncd: us: cases held (units_gone)"]
    hold(store, clock, state=State.SYNCED)
    for _ in range(8):
        await after(desk, clock, MINUTE)
    assert hook.titles[1:] == ["syncd: over: us: cases held (units_gone)"]


async def test_a_restart(
    settings: Settings, desk_of: Callable[[Settings], AlertDesk], store: Store, clock: HandClock, hook: Hook
) -> None:
    """It tells nothing twice and calls nothing over, also of what only the work tells."""
    desk = desk_of(settings)
    hold(store, clock)
    desk.watch.cycled("us", CycleResult(errors=(REFUSED,)), 1.0)
    await desk.round()
    assert hook.titles == ["syncd: 2 alerts (us)"]
    for _ in range(5):
        await after(desk_of(settings), clock, 3 * MINUTE)
    assert len(hook.messages) == 1


async def test_an_address_that_fails_hears_it_later(
    *,
    settings_of: SettingsOf,
    desk_of: Callable[[Settings], AlertDesk],
    address: str,
    store: Store,
    clock: HandClock,
    hook: Hook,
) -> None:
    """The others hear nothing twice for its sake; a restart in between makes no difference."""
    hook.statuses["/broken"] = 500
    settings = settings_of(f"alerts.urls = {[address, address.replace('canary-hook-token', 'broken')]}\n")
    hold(store, clock)
    with capture_logs() as lines:
        await desk_of(settings).round()
        await after(desk_of(settings), clock, MINUTE / 2)
    assert sorted((line["event"], line["address"]) for line in lines) == [
        ("alert_not_sent", "urls[2] json://***"),
        ("alert_sent", "urls[1] json://***"),
    ]
    hook.statuses.clear()
    await after(desk_of(settings), clock, MINUTE / 2)
    paths = [request.path for request in hook.requests]
    assert sorted(paths) == ["/broken", "/broken", "/canary-hook-token"]


async def test_a_new_address_hears_what_stands(
    *,
    settings_of: SettingsOf,
    desk_of: Callable[[Settings], AlertDesk],
    address: str,
    store: Store,
    clock: HandClock,
    hook: Hook,
) -> None:
    """One that is added later is told what the others know."""
    hold(store, clock)
    await desk_of(settings_of(f"alerts.urls = ['{address}']\n")).round()
    await desk_of(settings_of(f"alerts.urls = ['{address}', '{address}2']\n")).round()
    assert [request.path for request in hook.requests] == ["/canary-hook-token", "/canary-hook-token2"]


async def test_what_the_store_does_not_show(
    settings: Settings, store: Store, clock: HandClock, hook: Hook
) -> None:
    """What the daemon says stands for as long as it says so."""
    alert = Alert(Kind.RELOAD_REFUSED, what="2 problems")
    standing = {alert.key: alert}
    desk = AlertDesk(settings, store, clock, standing)
    await desk.round()
    standing.clear()
    for _ in range(7):
        await after(desk, clock, MINUTE)
    assert hook.titles == ["syncd: new settings refused", "syncd: over: new settings refused"]


async def test_the_end_of_an_earlier_process_is_over(
    settings: Settings, desk_of: Callable[[Settings], AlertDesk], clock: HandClock, hook: Hook
) -> None:
    """What the last words told is called over once the daemon has lived for a while, and only once."""
    await last_words(settings, StoreTrouble("full"), clock.now())
    assert endings(settings.store.path)
    clock.advance(2 * HOUR)
    for _ in range(2):
        desk = desk_of(settings)
        desk.begin()
        for _ in range(4):
            await after(desk, clock, 3 * MINUTE)
    assert hook.titles == ["syncd: store trouble", "syncd: over: store trouble"]
    assert endings(settings.store.path) == {}


async def test_a_summary(
    settings_of: SettingsOf,
    desk_of: Callable[[Settings], AlertDesk],
    address: str,
    clock: HandClock,
    hook: Hook,
) -> None:
    """Once a day, also where the daemon was down at the time, and again where it did not arrive."""
    settings = settings_of(f"alerts.urls = ['{address}']\nalerts.summary_at = '13:00'\n")  # it is noon
    await desk_of(settings).round()
    assert hook.titles == []
    clock.advance(2 * HOUR)
    hook.status = 500
    await desk_of(settings).round()
    hook.status = 200
    await after(desk_of(settings), clock, MINUTE)
    await after(desk_of(settings), clock, MINUTE)
    await after(desk_of(settings), clock, DAY)
    assert hook.titles == ["syncd: daily summary"] * 3  # the first one was lost
    assert "Since 2026-11-02 12:00 UTC" in hook.messages[1]["message"]
    assert "Since 2026-11-02 14:01 UTC" in hook.messages[2]["message"]


async def test_no_summary_of_the_time_before_it_was_wanted(
    settings_of: SettingsOf,
    desk_of: Callable[[Settings], AlertDesk],
    address: str,
    clock: HandClock,
    hook: Hook,
) -> None:
    """Switched off and on again, it begins anew."""
    on = f"alerts.urls = ['{address}']\nalerts.summary_at = '13:00'\n"
    await desk_of(settings_of(on)).round()
    await desk_of(settings_of(f"alerts.urls = ['{address}']\n")).round()
    clock.advance(30 * DAY)
    await desk_of(settings_of(on)).round()
    assert hook.titles == []


@pytest.fixture
async def beating(
    settings_of: SettingsOf, server: LoopbackServer, store: Store, clock: HandClock, http: httpx.AsyncClient
) -> AlertDesk:
    """A desk of two shops with a heartbeat and nobody to tell."""
    settings = settings_of("", "us", "uk")
    for shop in settings.shops:
        store.shops.polled(shop, clock.now())
    return AlertDesk(settings, store, clock, {}, Heartbeat(f"{server.url}/beat", http, clock))


async def test_the_heart_beats_after_good_cycles(beating: AlertDesk, clock: HandClock, hook: Hook) -> None:
    """Once every shop had one, and then after each, but at most once a minute."""
    beating.watch.cycled("us", GOOD, 1.0)
    await after(beating, clock, MINUTE)
    assert len(hook.requests) == 0
    beating.watch.cycled("uk", GOOD, 1.0)
    await after(beating, clock, MINUTE)
    await after(beating, clock, MINUTE)
    assert len(hook.requests) == 1
    beating.watch.cycled("uk", GOOD, 1.0)
    await after(beating, clock, MINUTE)
    assert len(hook.requests) == 2


async def test_the_heart_stands_still(beating: AlertDesk, store: Store, clock: HandClock, hook: Hook) -> None:
    """While the last cycle of a shop was none, or a shop is stuck or silent."""
    for shop in ("us", "uk"):
        beating.watch.cycled(shop, GOOD, 1.0)
    beating.watch.cycled("us", CycleResult(errors=(REFUSED,)), 1.0)
    await after(beating, clock, MINUTE)
    beating.watch.cycled("us", GOOD, 1.0)
    beating.watch.broke("uk", Stuck(20))
    beating.watch.cycled("uk", GOOD, 1.0)
    await after(beating, clock, 10 * MINUTE)
    beating.watch.cycled("uk", GOOD, 1.0)
    await after(beating, clock, HOUR)  # no good poll for an hour
    assert len(hook.requests) == 0
    for shop in ("us", "uk"):
        store.shops.polled(shop, clock.now())
    await after(beating, clock, MINUTE)
    assert len(hook.requests) == 1


async def test_a_round_never_raises(
    desk: AlertDesk, store: Store, monkeypatch: pytest.MonkeyPatch, hook: Hook
) -> None:
    """Whatever fails in it is logged, and the next one may go well."""

    def fail(*_: object) -> None:
        raise StoreTrouble("the disk is full")

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(module, "conditions", fail)
        await desk.round()
    assert [line["event"] for line in lines] == ["chore_failed"]
    hold(store, HandClock())
    await desk.round()
    assert len(hook.messages) == 1


async def test_a_stop_lets_a_message_arrive(
    *, desk: AlertDesk, settings: Settings, store: Store, clock: HandClock, hook: Hook, server: LoopbackServer
) -> None:
    """What is on its way is noted as told, for a moment's wait, so that the next start is silent."""
    hold(store, clock)
    server.latency = 0.3
    running = asyncio.create_task(desk.run())
    async with asyncio.timeout(10):
        while not hook.requests:  # noqa: ASYNC110 - a log, no event
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    await AlertDesk(settings, store, clock).round()
    assert len(hook.messages) == 1


async def test_a_stop_does_not_wait_for_long(
    desk: AlertDesk, store: Store, clock: HandClock, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that does not answer delays the end only for so long."""
    monkeypatch.setattr(module, "_LAST_ROUND", 0.1)
    hold(store, clock)
    await desk._sender.unusable()
    server.front.faults.add(Fault(FaultKind.STALL, "*", seconds=1.0))
    running = asyncio.create_task(desk.round())
    await asyncio.sleep(0.1)
    running.cancel()
    async with asyncio.timeout(0.5):
        await asyncio.wait({running})


async def test_works_while_the_block_lasts(
    settings: Settings, store: Store, clock: HandClock, hook: Hook
) -> None:
    """`alerting` looks at once, and after each cycle."""
    hold(store, clock)
    async with alerting(settings, store, clock) as desk, asyncio.timeout(10):
        while len(hook.messages) < 1:  # noqa: ASYNC110 - a log, no event
            await asyncio.sleep(0.01)
        desk.watch.cycled("us", CycleResult(errors=(REFUSED,)), 1.0)
        clock.advance(MINUTE)
        while len(hook.messages) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert hook.titles[1] == "syncd: us: login refused (tiktok)"


async def test_nobody_to_tell(settings_of: SettingsOf, store: Store, clock: HandClock) -> None:
    """Without an address nothing runs, nothing is kept, and Apprise stays out of memory."""
    async with alerting(settings_of(), store, clock) as desk:
        desk.watch.cycled("us", GOOD, 1.0)
        await asyncio.sleep(0.05)
    assert clock.pauses == []
    assert store.memory.get("alerts") is None


async def test_an_address_that_can_never_work(
    settings_of: SettingsOf, store: Store, clock: HandClock
) -> None:
    """It is in the log from the start, without a part of it."""
    with capture_logs() as lines:
        async with (
            alerting(settings_of("alerts.urls = ['nothing://canary']\n"), store, clock),
            asyncio.timeout(10),
        ):
            while not lines:  # noqa: ASYNC110 - a log, no event
                await asyncio.sleep(0.01)
    assert (lines[0]["event"], lines[0]["address"]) == ("alert_address_unusable", "urls[1] nothing://***")
    assert "canary" not in str(lines)


async def test_what_another_version_has_kept(
    settings: Settings, desk_of: Callable[[Settings], AlertDesk], store: Store, clock: HandClock, hook: Hook
) -> None:
    """What cannot be understood is forgotten: what stands is told again, and nothing fails."""
    store.memory.put("alerts", '{"books": 3}')
    hold(store, clock)
    await desk_of(settings).round()
    assert len(hook.messages) == 1
    assert logging.getLogger("apprise").propagate is False
