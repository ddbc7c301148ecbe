"""Whatever is answered, every call ends with a value or with one of our own errors, and proves what it says.

Every number is a call of which one answer is spoilt, in its shape, in its bytes, or in its status or headers;
or a whole world to which that happens once. `--world` with `-k calls` or `-k worlds` replays one of them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from tests.campaign.fuzz.bench import Logins
from tests.campaign.fuzz.good import Scenario, scenarios
from tests.campaign.fuzz.members import members
from tests.campaign.fuzz.play import Player
from tests.campaign.fuzz.worlds import lived
from tests.campaign.place import no_log_lines, quick_folder
from tests.campaign.verdict import Record

SIZES = {"calls": {"short": 9_910, "long": 994_000}, "worlds": {"short": 90, "long": 6_000}}
CHUNKS = {"calls": {"short": 14, "long": 200}, "worlds": {"short": 6, "long": 100}}
NOT_NEEDED = {
    # where nothing follows
    "FindBooks orders.pageInfo.endCursor",
    "FindOrders orders.pageInfo.endCursor",
    "FindOrdersByMetafield orders.pageInfo.endCursor",
    "ReadAssignments order.fulfillmentOrders.pageInfo.endCursor",
    "ReadLocations locations.pageInfo.endCursor",
    "ReadOrderLines order.lineItems.pageInfo.endCursor",
    "ReadReturns order.returns.pageInfo.endCursor",
    # only whether there is one
    "ReadOrder order.lineItems.nodes.*.variant.id",
    "ReadOrderLines order.lineItems.nodes.*.variant.id",
    # of lists that are too long for this document, and are read by another one
    "ReadOrder order.fulfillments.*.fulfillmentLineItems.nodes.*.id",
    "ReadOrder order.fulfillments.*.fulfillmentLineItems.nodes.*.quantity",
    "ReadOrder order.fulfillments.*.fulfillmentLineItems.nodes.*.lineItem",
    "ReadOrder order.fulfillments.*.fulfillmentLineItems.nodes.*.lineItem.id",
    # an app's title says enough
    "ReadEvents order.events.nodes.*.attributeToApp",
    # a line that matches no shipment has none
    "ReadOrder order.returns.nodes.*.returnLineItems.nodes.*.fulfillmentLineItem",
    "ReadReturns order.returns.nodes.*.returnLineItems.nodes.*.fulfillmentLineItem",
}
"""What is not missed in an answer of Shopify's."""
Good = tuple[Logins, tuple[Scenario, ...]]


@pytest.fixture(scope="module")
def good() -> Good:
    """Every call with its good answers."""
    return scenarios()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Many at a time; `--world` names a single one."""
    for name in SIZES.keys() & metafunc.fixturenames:
        parts = list(chunks(metafunc.config, name))
        metafunc.parametrize(name, parts, ids=[f"{part[0]}-{part[-1]}" for part in parts])


def chunks(config: pytest.Config, name: str) -> Iterator[range]:
    """The numbers of the calls or the worlds."""
    size, only = config.getoption("--campaign", "short"), config.getoption("--world")
    if only is not None:
        yield range(only, only + 1)
        return
    count = round(SIZES[name][size] * config.getoption("--factor"))
    step = max(1, -(-count // CHUNKS[name][size]))
    for start in range(0, count, step):
        yield range(start, min(start + step, count))


async def test_calls_end_well(calls: Sequence[int], good: Good, record_property: Record) -> None:
    """It ends with a value or an error of ours, and says that nothing ran only where that is proven."""
    figures: Counter[str] = Counter()
    wrong: list[str] = []
    player = Player(*good)
    for number in calls:
        trial, ending = await player.play(number)
        figures.update({"calls": 1, "answers": player.given, ending.outcome: 1})
        if ending.trouble:
            wrong.append(f"{ending.trouble}\n{trial}")
    await player.bench.close()

    for name, count in sorted(figures.items()):
        record_property(name, count)
    assert not wrong, "\n\n".join(wrong)


async def test_what_is_missing_is_missed(good: Good, record_property: Record) -> None:
    """Where a member of an answer of Shopify's is missing or wrong, the whole answer counts for nothing."""
    player = Player(*good)
    tried = [member for scenario in good[1] for member in members(scenario)]
    wrong: list[str] = []
    not_missed: set[str] = set()
    for member in tried:
        ending = await player.end_of(member.trial)
        wrong += [f"{member.name}: {ending.trouble}"] if ending.trouble else []
        not_missed |= {member.name} if ending.outcome == "value" else set()
    await player.bench.close()

    record_property("members", len(tried))
    assert [] == wrong
    assert NOT_NEEDED == not_missed


def test_worlds_end_well(worlds: Sequence[int], record_property: Record) -> None:
    """In spite of one such answer every case is written exactly once, or a person is told why not."""
    figures: Counter[str] = Counter()
    wrong: list[str] = []
    for number in worlds:
        with no_log_lines(), quick_folder() as folder:
            world = lived(number, folder)
            figures.update({"worlds": 1, "answers": bool(world.told)})
            figures.update(f"case {case.state}" for case in world.cases())
        if world.wrong:
            wrong.append(f"--world {number}: {world.told}\n  " + "\n  ".join(world.wrong))

    for name, count in sorted(figures.items()):
        record_property(name, count)
    assert not wrong, "\n\n".join(wrong)
