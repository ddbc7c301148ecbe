"""When a shop is stuck, and when it only waits."""

from syncd.calls import Call
from syncd.sandbox.clock import HandClock
from syncd.service.pulse import Pulse
from syncd.sync.cycle import CycleResult


def test_silence_is_counted_from_the_last_progress() -> None:
    """A call or a cycle begins it anew; beyond the limit the shop is stuck."""
    clock = HandClock()
    pulse = Pulse(clock, limit=60)
    pulse.beat("us")
    clock.advance(60)
    assert not pulse.stuck("us")
    clock.advance(1)
    assert pulse.stuck("us")
    pulse.called("us", Call("tiktok", "orders"))
    assert not pulse.stuck("us")
    clock.advance(61)
    pulse.cycled("us", CycleResult(), 0.1)
    assert not pulse.stuck("us")


def test_rest_is_no_silence() -> None:
    """A shop that waits for its next poll is silent from when it should have begun that."""
    clock = HandClock()
    pulse = Pulse(clock, limit=60)
    pulse.rest("us", 3600)
    clock.advance(3660)
    assert not pulse.stuck("us")
    clock.advance(1)
    assert pulse.stuck("us")


def test_alive_until_starting_anew_did_not_help() -> None:
    """A stuck shop has the time of a second limit to be started anew; one that left counts no more."""
    clock = HandClock()
    pulse = Pulse(clock, limit=60)
    pulse.beat("us")
    clock.advance(120)
    assert pulse.alive
    clock.advance(1)
    assert not pulse.alive
    pulse.forget("us")
    assert pulse.alive
    assert not pulse.stuck("nobody")
