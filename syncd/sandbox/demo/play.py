"""Time: plays the scenes one after another, each until the daemon has caught up with it."""

import time
from collections.abc import Callable
from datetime import timedelta

from syncd.model.cases import Case, State
from syncd.sandbox.demo.rows import Row, rows
from syncd.sandbox.demo.script import Flag, Scene
from syncd.sandbox.demo.stage import Stage
from syncd.sandbox.demo.verdict import Verdict, judge

_TICK = 0.15
_LEAST_SECONDS = 1.8
_MOST_SECONDS = 40.0
_IDLE_POLLS = 2
_LATER = timedelta(seconds=30)

Goal = Callable[[], bool]
Show = Callable[[Scene, list[Row]], None]


def play(stage: Stage, show: Show) -> Verdict:
    """Play all scenes; `show` is called with where everything stands, several times a second.

    A scene that does not come to its end takes what is left of the time; the verdict then tells.
    """
    ends = time.monotonic() + _MOST_SECONDS
    calls_before = 0
    for scene in Scene:
        calls_before = len(stage.pair.shopify.calls)
        _begin(stage, scene)
        _play_one(stage, scene, show, ends)
    return judge(stage, idle_calls=len(stage.pair.shopify.calls) - calls_before)


def _begin(stage: Stage, scene: Scene) -> None:
    for tale in stage.tales:
        tale.step(stage.pair, scene)
    if scene in {Scene.ASKED, Scene.BACK}:
        stage.daemon.start()


def _play_one(stage: Stage, scene: Scene, show: Show, ends: float) -> None:
    reached = _goal(stage, scene)
    readable = time.monotonic() + _LEAST_SECONDS
    while time.monotonic() < ends:
        show(scene, rows(stage))
        if time.monotonic() >= readable and (reached() or stage.daemon.pid is None):
            break
        time.sleep(_TICK)
    show(scene, rows(stage))


def _goal(stage: Stage, scene: Scene) -> Goal:
    match scene:
        case Scene.KILLED:
            return lambda: stage.daemon.pid is None
        case Scene.LOST:
            return lambda: _caught_up(stage, but=Flag.ANSWER_LOST) and _in_doubt(stage)
        case Scene.QUIET:
            seen = _searches(stage)
            return lambda: _searches(stage) >= seen + _IDLE_POLLS
        case _:
            return lambda: _caught_up(stage)


def _searches(stage: Stage) -> int:
    return sum(call.operation == "returns/search" for call in list(stage.pair.tiktok.calls))


def _caught_up(stage: Stage, but: Flag | None = None) -> bool:
    """Whether the daemon has seen what TikTok says of every case, and has nothing to do about it now."""
    known = stage.cases()
    tales = [tale for tale in stage.tales if but not in tale.script.flags]
    return all(
        (case := known.get(tale.case.return_id)) is not None
        and case.latest.status_word == str(tale.now(stage.pair).status)
        and _rests(stage, case)
        for tale in tales
    )


def _rests(stage: Stage, case: Case) -> bool:
    return case.due_at is None or case.due_at > stage.pair.clock.now() + _LATER


def _in_doubt(stage: Stage) -> bool:
    known = stage.cases()
    ids = [tale.case.return_id for tale in stage.tales if Flag.ANSWER_LOST in tale.script.flags]
    return all(known[one].state is State.WRITING for one in ids if one in known)
