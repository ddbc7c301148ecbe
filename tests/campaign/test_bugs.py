"""The bugs of tests/sync/test_planted_bugs.py, put into the program while worlds and deaths are played.

A campaign that does not catch them proves nothing. The seeds are those of the short form, in their order.
"""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from syncd.shopify.answers import Answer
from syncd.shopify.client import ShopifyClient
from syncd.shopify.operations import Operation
from tests.campaign.engine.deaths import steps_of
from tests.campaign.engine.plots import PLOTS
from tests.campaign.test_deaths import PLAYS, RARE, chosen, played
from tests.campaign.test_worlds import WORLDS, world
from tests.campaign.verdict import Record, Verdict
from tests.sync.test_planted_bugs import BUGS


def runs() -> Iterator[Callable[[], Verdict]]:
    """What the short form plays: deaths, the rarest first, and worlds in turn, then the deaths left."""
    short = list(chosen(PLAYS["short"]))
    Random(0).shuffle(short)
    short.sort(key=lambda doom: doom.mode in RARE)
    for seed in range(WORLDS["short"]):
        yield partial(played, short.pop())
        yield partial(world, seed)
    yield from (partial(played, doom) for doom in short)


def a_new_key_per_try(patch: pytest.MonkeyPatch) -> None:
    """As in tests/sync, but of refunds alone: a claim must keep its key, or nothing is written at all."""
    real = ShopifyClient.send

    async def sending(client: ShopifyClient, operation: Operation, content: bytes, **rest: Any) -> Answer:
        before, mark, after = content.partition(b'"key":"')
        if operation.name == "CreateRefund" and mark:
            content = before + mark + str(uuid.uuid4()).encode() + after[36:]
        return await real(client, operation, content, **rest)

    patch.setattr(ShopifyClient, "send", sending)


PLANTS = {name: bug.plant for name, bug in BUGS.items()} | {"a new key per try": a_new_key_per_try}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_caught(name: str, monkeypatch: pytest.MonkeyPatch, record_property: Record) -> None:
    """Some run of the short form ends badly with the bug, and says by what it was seen."""
    for plot in PLOTS:
        steps_of(plot)  # as the program without the bug takes them
    PLANTS[name](monkeypatch)

    played_so_far = 0
    for run in runs():
        played_so_far += 1
        verdict = run()
        if verdict.wrong:
            record_property("caught by", f"{verdict.name}: {verdict.wrong[0]}")
            record_property("bugs caught", 1)
            record_property("runs until caught", played_so_far)
            return
    pytest.fail(f"{name} was not caught in {played_so_far} runs")
