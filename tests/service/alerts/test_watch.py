"""What only the work itself tells."""

from datetime import timedelta

import pytest

from syncd.calls import Call
from syncd.errors import CredentialsRefused, MissingScope, NotReached, ShopStopped, SyncdError
from syncd.sandbox.clock import HandClock
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.watch import Break, Watch
from syncd.service.supervisor import Stuck
from syncd.sync.cycle import CycleResult

MINUTE = timedelta(minutes=1)
REFUSED = CredentialsRefused("no", api="tiktok", operation="returns/search", hint="do this")
GOOD = Call("tiktok", "returns/search")


@pytest.fixture
def watch(clock: HandClock) -> Watch:
    watch = Watch(clock)
    watch.watch({"us": 5 * MINUTE, "uk": 5 * MINUTE})
    return watch


def cycle(watch: Watch, *errors: SyncdError, ceiling: bool = False) -> list[str]:
    """One cycle of `us`; the faults that stand after it."""
    watch.cycled("us", CycleResult(errors=errors, cycle_ceiling=ceiling), 1.0)
    return list(watch.seen["us"].faults)


def test_faults_of_a_cycle(watch: Watch) -> None:
    """Those that a person has to mend are kept with their words; others come and go by themselves."""
    scope = MissingScope("no", scope="write_orders", api="shopify", operation="refundCreate")
    stopped = ShopStopped("no", api="shopify", operation="order", code="version")
    away = NotReached("away", api="shopify", operation="order")
    assert cycle(watch, REFUSED, scope, stopped, away) == [
        "CredentialsRefused tiktok ",
        "MissingScope shopify write_orders",
        "ShopStopped shopify ",
    ]
    kept = watch.seen["us"].faults["CredentialsRefused tiktok "]
    assert (kept.what, kept.hint, kept.at) == ("no", "do this", watch.clock.now())
    assert watch.seen["uk"].faults == {}


def test_a_fault_lasts_until_what_failed_has_worked(watch: Watch) -> None:
    """A cycle that did not come to it proves nothing; neither does another shop's."""
    cycle(watch, REFUSED)
    assert cycle(watch) == ["CredentialsRefused tiktok "]
    watch.called("uk", GOOD)
    watch.called("us", Call("tiktok", "returns/search", outcome="CredentialsRefused"))
    watch.called("us", Call("tiktok", "orders"))
    assert cycle(watch) == ["CredentialsRefused tiktok "]
    watch.called("us", GOOD)
    assert cycle(watch) == []


def test_a_fault_that_is_met_again_stays(watch: Watch) -> None:
    """Though the same was answered once in that cycle."""
    watch.called("us", GOOD)
    assert cycle(watch, REFUSED) == ["CredentialsRefused tiktok "]


@pytest.mark.parametrize(("interval", "hours"), [(5 * MINUTE, 2), (360 * MINUTE, 12)])
def test_a_fault_that_nobody_meets_any_more(
    clock: HandClock, watch: Watch, interval: timedelta, hours: int
) -> None:
    """It is over when it would have been met twice."""
    watch.watch({"us": interval})
    cycle(watch, REFUSED)
    clock.advance(timedelta(hours=hours))
    assert cycle(watch) == ["CredentialsRefused tiktok "]
    clock.advance(1)
    assert cycle(watch) == []


@pytest.mark.parametrize(("api", "operation"), [("tiktok", "token/refresh"), ("shopify", "token")])
def test_tokens_that_cannot_be_had(clock: HandClock, watch: Watch, api: str, operation: str) -> None:
    """Since the first failure; any shop's success ends it, for shops may share a login."""
    failed = Call(api, operation, outcome="NotReached")  # type: ignore[arg-type]  # one of the two
    began = clock.now()
    watch.called("us", failed)
    clock.advance(MINUTE)
    watch.called("us", failed)
    watch.called("us", GOOD)
    assert watch.seen["us"].unrenewed == {api: began}
    watch.called("uk", Call(api, operation))  # type: ignore[arg-type]
    assert watch.seen["us"].unrenewed == {}


def test_the_ceiling_of_a_cycle(watch: Watch) -> None:
    """It stands until a cycle ends without it."""
    cycle(watch, ceiling=True)
    assert watch.seen["us"].cycle_ceiling
    cycle(watch)
    assert not watch.seen["us"].cycle_ceiling


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (Stuck(20.4), Kind.SHOP_STUCK, "It made no progress for 20 s."),
        (ValueError("canary"), Kind.SHOP_CRASHED, "The program failed (ValueError)."),
    ],
)
def test_a_shop_that_breaks(clock: HandClock, watch: Watch, error: Exception, kind: Kind, words: str) -> None:
    """It is broken until a cycle ends ten minutes later: one that crashes again and again is not sound."""
    watch.broke("us", error)
    broke = watch.seen["us"].broke
    assert broke == Break(kind, words, clock.now())
    clock.advance(10 * MINUTE - timedelta(seconds=1))
    cycle(watch)
    assert watch.seen["us"].broke == broke
    clock.advance(1)
    cycle(watch)
    assert watch.seen["us"].broke is None


def test_cycles_are_news(watch: Watch) -> None:
    """Each cycle wakes whoever waits, and tells whether it was good."""
    cycle(watch, REFUSED)
    assert watch.news.is_set()
    assert (watch.ended, watch.cycles) == ({"us": False}, 1)
    cycle(watch)
    assert (watch.ended, watch.cycles) == ({"us": True}, 2)


def test_shops_come_and_go(clock: HandClock, watch: Watch) -> None:
    """What was seen of a shop is kept as long as it is switched on."""
    cycle(watch, REFUSED)
    began = clock.now()
    clock.advance(MINUTE)
    watch.watch({"us": MINUTE, "eu": MINUTE})
    assert (list(watch.seen), watch.seen["us"].since) == (["us", "eu"], began)
    assert watch.seen["us"].faults
    watch.watch({"uk": MINUTE})
    assert watch.seen["uk"].since == clock.now()
