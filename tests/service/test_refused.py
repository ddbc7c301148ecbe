"""Whether any login works."""

from pathlib import Path

from syncd.errors import CredentialsRefused, MissingScope, NotReached, SyncdError
from syncd.service.refused import Refused
from syncd.sync.cycle import CycleResult
from tests.sync.world import World

REFUSED = CredentialsRefused("no", api="tiktok", operation="x")
SCOPE = MissingScope("no", scope="write_returns", api="shopify", operation="x")
AWAY = NotReached("away", api="tiktok", operation="x")


def given_up(*cycles: tuple[str, SyncdError | None]) -> bool:
    """Whether it gives up after these cycles of the shops `us` and `uk`."""
    calls: list[bool] = []
    refused = Refused(["us", "uk"], lambda: calls.append(True))
    for shop, error in cycles:
        refused.cycled(shop, CycleResult(errors=(error,) if error else ()), 0.0)
    return bool(calls)


def test_gives_up_where_no_login_works() -> None:
    """Only once the last cycle of every shop was refused."""
    assert given_up(("us", REFUSED), ("uk", REFUSED))
    assert not given_up(("us", REFUSED), ("us", REFUSED))
    assert not given_up(("us", REFUSED), ("us", None), ("uk", REFUSED))


def test_other_errors_are_no_refusal() -> None:
    """A side that is away, or a scope that is missing, says nothing about the login."""
    assert not given_up(("us", REFUSED), ("uk", AWAY))
    assert not given_up(("us", REFUSED), ("uk", SCOPE))


async def test_a_missing_scope_is_no_refused_login(tmp_path: Path) -> None:
    """The daemon goes on with everything that the app may do."""
    world = World(tmp_path)
    calls: list[bool] = []
    with world.pair.serving():
        world.pair.shopify.tokens.scopes = frozenset(
            scope for scope in world.pair.shopify.tokens.scopes if scope != "write_returns"
        )
        world.return_()
        async with world.running() as cycle:
            result = await cycle.run()

    Refused(["us"], lambda: calls.append(True)).cycled("us", result, 0.0)
    assert result.errors
    assert not calls
