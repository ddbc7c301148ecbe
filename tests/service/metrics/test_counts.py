"""What is counted as it happens."""

from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from syncd.calls import Call
from syncd.errors import ShopStopped
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.shopify.records import Refund
from syncd.service.decisions import Command
from syncd.service.metrics.counts import Counts, _Process
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult
from syncd.tiktok.wire import snapshot_from
from tests.service.metrics.watched import Watched, watching
from tests.sync.world import SETTLE, World, rule

NONE = {("written",): 0.0, ("found",): 0.0, ("rejected",): 0.0}
REFUSAL = {"data": {"refundCreate": {"refund": None, "userErrors": [{"field": None, "message": "No."}]}}}


def refunds(watched: Watched) -> dict[tuple[str, ...], float]:
    """How many refunds ended in which way."""
    return watched.values("syncd_refunds_total", shop="us")


def money(watched: Watched) -> dict[tuple[str, ...], float]:
    """Minor units by currency."""
    return watched.values("syncd_refunded_minor_units_total", shop="us")


def test_series_begin_at_zero(watched: Watched) -> None:
    """The first refund of all is an increase, not the birth of a series."""
    assert refunds(watched) == NONE
    assert watched.values("syncd_polls_total", shop="us") == {("good",): 0.0, ("failed",): 0.0}


async def test_a_currency_begins_at_zero(watched: Watched) -> None:
    """As soon as TikTok has paid back in it, before anything is written."""
    watched.world.tables["guard"] = {"dry_run": True}
    watched.world.refund()

    await watched.cycle()

    assert money(watched) == {("USD",): 0.0}


async def test_refunds_are_counted_with_their_money(watched: Watched) -> None:
    """A refund of a return is one, too."""
    watched.world.refund(total="12.34")
    watched.world.return_()

    await watched.cycle()
    await watched.cycle()

    assert refunds(watched) == NONE | {("written",): 2.0}
    assert money(watched) == {("USD",): 3234.0}


async def test_money_is_counted_in_the_units_of_its_currency(watched: Watched) -> None:
    """Yen have no hundredth; the scale is served beside it."""
    sold = watched.world.pair.sell({"SHIRT": "2000"}, currency="JPY")
    watched.world.refund(sold, total="2000")

    await watched.cycle()

    assert money(watched) == {("JPY",): 2000.0}
    assert watched.values("syncd_currency_minor_units") == {("JPY",): 1.0}


async def test_a_refund_whose_answer_was_lost_is_counted_once(watched: Watched) -> None:
    """While nobody knows, it is a refund with an unknown outcome; then it is found."""
    watched.world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.AFTER))
    watched.world.refund()
    await watched.cycle()
    meanwhile = (refunds(watched), watched.value("syncd_refunds_unknown", shop="us"))

    watched.world.clock.advance(SETTLE + 2)
    await watched.cycle()

    assert meanwhile == (NONE, 1.0)
    assert refunds(watched) == NONE | {("found",): 1.0}
    assert (money(watched), watched.value("syncd_refunds_unknown", shop="us")) == ({("USD",): 2000.0}, 0.0)


async def test_a_refund_that_never_ran_is_counted_when_it_does(watched: Watched) -> None:
    """The lost request is looked for in vain, sent again, and counted once."""
    watched.world.faults.add(Fault(FaultKind.RESET, "refundCreate"))
    watched.world.refund()

    for _ in range(4):
        await watched.cycle()
        watched.world.clock.advance(300)

    watched.world.assert_exactly_once()
    assert (refunds(watched), money(watched)) == (NONE | {("written",): 1.0}, {("USD",): 2000.0})


async def test_a_confirmed_refund_is_not_counted_again_when_it_shows(watched: Watched) -> None:
    """Shopify confirmed it, showed it only later, and a person asked twice to decide again."""
    world, hidden = watched.world, list[Refund]()
    case = world.refund()

    def hide(operation: str, _request: Request, _reply: object) -> None:
        if operation == "refundCreate":
            hidden.extend(world.refunds_of(case))
            hidden[0].order.refunds.clear()

    world.faults.after.append(hide)
    await watched.cycle()
    rule(world, Command.RETRY)
    await watched.cycle()
    hidden[0].order.refunds.extend(hidden)
    rule(world, Command.RETRY)

    await watched.cycle()

    assert (refunds(watched), money(watched)) == (NONE | {("written",): 1.0}, {("USD",): 2000.0})


async def test_a_rejected_refund_is_no_money(watched: Watched) -> None:
    """Shopify refused it; the case is held."""
    watched.world.faults.add(Fault(FaultKind.REPLY, "refundCreate", reply=json_reply(REFUSAL)))
    watched.world.refund()

    await watched.cycle()

    assert (refunds(watched), money(watched)) == (NONE | {("rejected",): 1.0}, {("USD",): 0.0})


async def test_polls_by_outcome(watched: Watched) -> None:
    """A cycle without a poll is a cycle; one whose poll failed is neither good."""
    await watched.cycle()
    await watched.cycle(polling=False)
    front = watched.world.pair.tiktok_server.front
    front.faults.add(Fault(FaultKind.STATUS_503, "returns/search", times=99))
    await watched.cycle()

    assert watched.values("syncd_polls_total", shop="us") == {("good",): 1.0, ("failed",): 1.0}
    assert watched.values("syncd_cycles_total", shop="us") == {("good",): 2.0, ("failed",): 1.0}
    assert watched.value("syncd_cycle_duration_seconds_sum", shop="us") == 4.5


async def test_a_good_poll_of_a_cycle_that_failed_afterwards(watched: Watched) -> None:
    """TikTok was read; Shopify could not be used."""
    watched.world.pair.shopify.switches.answers_version = "2026-01"
    watched.world.refund()

    await watched.cycle()

    assert watched.values("syncd_polls_total", shop="us") == {("good",): 1.0, ("failed",): 0.0}
    assert watched.values("syncd_cycles_total", shop="us") == {("good",): 0.0, ("failed",): 1.0}


async def test_requests_by_outcome(watched: Watched) -> None:
    """Each try is one, with how it ended; all of them took some time."""
    front = watched.world.pair.tiktok_server.front
    front.faults.add(Fault(FaultKind.STATUS_503, "returns/search", times=1))
    watched.world.refund()

    await watched.cycle()

    requests = watched.values("syncd_api_requests_total", shop="us", api="tiktok", operation="returns/search")
    assert requests.keys() == {("ok",), ("NotReached",)}
    assert requests["NotReached",] == 1.0
    assert watched.values("syncd_api_requests_total", shop="us", operation="CreateRefund") == {
        ("shopify", "ok"): 1.0
    }
    count = "syncd_api_request_duration_seconds_count"
    assert watched.value(count, api="tiktok", operation="returns/search") == sum(requests.values())


async def test_the_throttle_is_shopifys_own_figure(watched: Watched) -> None:
    """As the last answer told it."""
    watched.world.pair.shopify.switches.bucket_size = 4000.0
    watched.world.refund()

    await watched.cycle()

    assert watched.value("syncd_shopify_throttle_maximum_points", shop="us") == 4000.0
    left = watched.value("syncd_shopify_throttle_available_points", shop="us")
    assert left is not None
    assert 0 < left < 4000


async def test_another_api_version_stops_writing(watched: Watched) -> None:
    """From the answer that comes in it, until one comes in the right one."""
    watched.world.pair.shopify.switches.answers_version = "2026-01"
    watched.world.refund()
    await watched.cycle()
    stopped = watched.value("syncd_writes_stopped", shop="us")

    watched.world.pair.shopify.switches.answers_version = ""
    watched.world.clock.advance(3600)
    await watched.cycle()

    assert (stopped, watched.value("syncd_writes_stopped", shop="us")) == (1.0, 0.0)


def test_a_mutation_answered_well_does_not_say_that_writing_goes_on() -> None:
    """What was done in another version is done, and the next mutation is refused unsent."""
    registry = CollectorRegistry()
    counts = Counts(registry)
    error = ShopStopped("stopped", api="shopify", operation="CreateRefund")

    counts.cycled("us", CycleResult(errors=(error,)), 1.0)
    counts.called("us", Call("shopify", "SetClaim"))
    counts.called("us", Call("shopify", "token"))
    stopped = registry.get_sample_value("syncd_writes_stopped", {"shop": "us"})
    counts.called("us", Call("shopify", "ReadOrder"))

    assert stopped == 1.0
    assert registry.get_sample_value("syncd_writes_stopped", {"shop": "us"}) == 0.0


def test_a_brake_is_no_stop_of_shopify() -> None:
    """It has a series of its own."""
    registry = CollectorRegistry()
    counts = Counts(registry)
    counts.begin("us")

    error = ShopStopped("the wrong shop", api="tiktok", operation="returns/search")
    counts.cycled("us", CycleResult(errors=(error,)), 1.0)

    assert registry.get_sample_value("syncd_writes_stopped", {"shop": "us"}) == 0.0


def test_the_process_is_seen_where_systemd_hides_the_machine(tmp_path: Path) -> None:
    """With ProcSubset=pid there is no /proc/stat, from which the library would learn when we began."""
    (tmp_path / "self").symlink_to("/proc/self")
    registry = CollectorRegistry()

    _Process(namespace="syncd", proc=str(tmp_path), registry=registry)

    assert (registry.get_sample_value("syncd_process_resident_memory_bytes") or 0) > 1_000_000
    assert (registry.get_sample_value("syncd_process_open_fds") or 0) > 3


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
async def test_no_id_and_no_secret_is_served(world: World, tmp_path: Path, accept: str) -> None:
    """Neither over HTTP nor in the file: no case, no order, no request, no token, no password."""
    file = tmp_path / "syncd.prom"
    with watching(world, textfile=str(file)) as watched:
        world.faults.add(Fault(FaultKind.STATUS_500, "orders", times=2))
        case, other = world.refund(), world.return_()
        for _ in range(3):
            await watched.cycle()
            world.clock.advance(300)
        await watched.metrics.written()
        told = watched.get(Accept=accept).text + file.read_text() + watched.get("/readyz").text
    with closing(Store.look(watched.settings.store.path, snapshot_from)) as store:
        logins = store.database.rows("SELECT access, coalesce(refresh, access) AS refresh FROM tokens")
    agreed = [(one.return_id, world.agreed[one.return_id][1].tiktok.order_id) for one in (case, other)]
    never = {
        *(part for pair in agreed for part in pair),
        *(str(token) for login in logins for token in login.values()),
        *watched.settings.secrets(),
        "gid://",
        "00000000-0000",  # request ids of the stand-in begin so
        "myshopify",
    }
    assert len(logins) == 2
    assert "syncd_refunds_total" in told
    assert [word for word in never if word in told] == []
