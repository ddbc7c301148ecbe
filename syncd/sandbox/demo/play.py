"""Time: plays the scenes one after another, each until the daemon has caught up with it."""

import time
from collections.abc import Callable
from datetime import timedelta

from syncd.model.cases import Case
from syncd.model.reasons import Reason
from syncd.sandbox.demo.rows import Row, rows
from syncd.sandbox.demo.script import Scene
from syncd.sandbox.demo.stage import SHOP, Known, Stage
from syncd.sandbox.demo.verdict import Verdict, judge

_TICK = 0.2
_LEAST_SECONDS = 1.5
_MOST_SECONDS = 90.0
_IDLE_POLLS = 2
_LATER = timedelta(seconds=30)

Goal = Callable[[Known], bool]
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
    if scene is Scene.INSPECTED:
        for tale in stage.tales:
            for options in tale.script.inspected:
                stage.staff.type("restock", f"{SHOP}:{tale.case_id}", *options)


def _play_one(stage: Stage, scene: Scene, show: Show, ends: float) -> None:
    reached = _goal(stage, scene)
    readable = time.monotonic() + _LEAST_SECONDS
    while time.monotonic() < ends:
        known = stage.cases()
        show(scene, rows(stage, known))
        done = stage.staff.rests() and (reached(known) or stage.daemon.pid is None)
        if done and time.monotonic() >= readable:
            break
        time.sleep(_TICK)
    show(scene, rows(stage, stage.cases()))


def _goal(stage: Stage, scene: Scene) -> Goal:
    match scene:
        case Scene.KILLED:
            return lambda _: stage.daemon.pid is None
        case Scene.LOST:
            return lambda known: _caught_up(stage, known, doubts=True)
        case Scene.QUIET:
            seen = _searches(stage)
            return lambda _: _searches(stage) >= seen + _IDLE_POLLS
        case _:
            return lambda known: _caught_up(stage, known)


def _searches(stage: Stage) -> int:
    return sum(call.operation == "returns/search" for call in list(stage.pair.tiktok.calls))


def _caught_up(stage: Stage, known: Known, *, doubts: bool = False) -> bool:
    """Whether the daemon has seen what TikTok says of every case, and has nothing to do about it now.

    With `doubts` it may also wait to see what has become of what it sent.
    """
    return all(
        (case := known.get(tale.case_id)) is not None
        and case.latest.status_word == str(now.status)
        and (_rests(stage, case) or (doubts and case.reason == Reason.OUTCOME_UNKNOWN))
        for tale in stage.tales
        if (now := tale.now(stage.pair))
    )


def _rests(stage: Stage, case: Case) -> bool:
    return case.due_at is None or case.due_at > stage.pair.clock.now() + _LATER
