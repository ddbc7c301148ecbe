"""Every reason is reached by a scenario, and says what it is and what to do next."""

import shlex
from collections.abc import Awaitable, Callable

import click
import pytest

from syncd.cli import COMMANDS, cli
from syncd.model.cases import State
from syncd.model.reasons import EXPLANATIONS, Group, Reason, hint_for
from syncd.service.decisions import Command
from tests.sync.reasons import orders, words, writes
from tests.sync.world import World, rule

Scenario = Callable[[World], Awaitable[None]]
SCENARIOS: dict[Reason, Scenario] = {**orders.SCENARIOS, **words.SCENARIOS, **writes.SCENARIOS}
"""What has to happen so that the next cycle leaves one case with that reason."""
STATES = {
    Group.WAIT: {State.DUE, State.WRITING},
    Group.HOLD: {State.HELD},
    Group.SKIP: {State.SKIPPED},
    Group.DISMISSAL: {State.DISMISSED},
}
CASE = "us:4035318504086604100"


def test_every_reason_has_a_scenario() -> None:
    """Who adds a reason shows how it is reached."""
    assert set(Reason) == SCENARIOS.keys()


@pytest.mark.parametrize("reason", SCENARIOS)
async def test_the_scenario_ends_with_that_reason(world: World, reason: Reason) -> None:
    """In the state that fits, and nothing more is written; a dismissal that is offered is the end of it."""
    await SCENARIOS[reason](world)
    before = len(world.pair.shopify.writes())

    await world.cycle()

    [case] = [case for case in world.cases() if case.reason == reason]
    assert case.state in STATES[EXPLANATIONS[reason].group]
    assert before == len(world.pair.shopify.writes())
    if "syncd dismiss" in hint_for(reason, CASE):
        rule(world, Command.DISMISS, "settled by hand")
        await world.cycle()
        assert [State.DISMISSED] == [one.state for one in world.cases()]


@pytest.mark.parametrize("reason", Reason)
def test_a_hint_can_be_typed(reason: Reason) -> None:
    """Each command in it exists and takes what it is given."""
    context = click.Context(cli)
    for typed in hint_for(reason, CASE).split("syncd ")[1:]:
        name, *arguments = shlex.split(typed.partition(";")[0])
        assert name in COMMANDS
        command = cli.get_command(context, name)
        assert command is not None
        command.make_context(name, arguments)
