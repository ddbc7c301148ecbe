"""Access tokens: when they are renewed, what is kept, and what a person is told."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from syncd.errors import AnswerUnreadable, CredentialsRefused, NotReached
from syncd.model.notes import login_pointer, unrenewed
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request, json_reply
from syncd.tiktok.client import ReturnFilters
from syncd.tiktok.tokens import TikTokTokens, digest

if TYPE_CHECKING:
    from syncd.sandbox.tiktok.accounts import Login
    from tests.tiktok.conftest import Shop

DAY = 86400
EVERYTHING = ReturnFilters()


async def test_the_first_token_comes_from_the_configured_one(shop: "Shop") -> None:
    """With an empty store the configured refresh token is traded, and the pair is kept with its seed."""
    configured = shop.settings.refresh_token
    access = await shop.tokens().access()
    assert access in shop.stand_in.login.access_tokens
    (stored,) = shop.table.rows.values()
    assert (stored.access, stored.seed) == (access, digest(configured))
    assert stored.refresh == shop.stand_in.login.refresh_token
    assert stored.access_expires_at == shop.clock.now() + timedelta(days=7)
    assert stored.scopes == (
        "seller.authorization.info",
        "seller.order.info",
        "seller.return_refund.basic",
    )


async def test_a_good_token_is_used_again(shop: "Shop") -> None:
    """Neither a second call nor a second start asks the token service."""
    first = await shop.tokens().access()
    shop.clock.advance(timedelta(days=4, hours=23))
    assert await shop.tokens().access() == first
    assert shop.asked() == ["token/refresh"]


@pytest.mark.parametrize(
    ("life", "still_good", "due"),
    [
        (timedelta(days=7), timedelta(days=4, hours=23), timedelta(days=5, minutes=1)),
        (timedelta(hours=3), timedelta(hours=1, minutes=59), timedelta(hours=2, minutes=1)),
    ],
)
async def test_renewal_is_early(shop: "Shop", life: timedelta, still_good: timedelta, due: timedelta) -> None:
    """A token is renewed two days before its end, a short-lived one in the last third of its life."""
    shop.stand_in.switches.access_token_life = life
    tokens = shop.tokens()
    first = await tokens.access()
    shop.clock.advance(still_good)
    assert await tokens.access() == first
    shop.clock.advance(due - still_good)
    assert await tokens.access() != first


@pytest.mark.parametrize("rotates", [True, False])
@pytest.mark.parametrize("told", [True, False])
async def test_renewal_goes_on_for_ever(shop: "Shop", rotates: bool, told: bool) -> None:
    """With or without rotation, and with or without a refresh token in the answer, each renewal works."""
    if rotates and not told:
        shop.stand_in.switches.old_refresh_token_dies = False
    shop.stand_in.switches.rotates_refresh_token = rotates
    shop.stand_in.switches.refresh_answer_has_refresh_token = told
    tokens = shop.tokens()
    seen = set()
    for _ in range(4):
        seen.add(await tokens.access())
        shop.clock.advance(timedelta(days=6))
    assert len(seen) == 4


async def test_a_lost_answer_is_asked_for_again(shop: "Shop") -> None:
    """When the answer to a refresh is lost and the old token still works, it is traded once more."""
    shop.stand_in.switches.old_refresh_token_dies = False
    shop.faults.add(Fault(FaultKind.CLOSE, operation="token/refresh", when=When.AFTER))
    assert await shop.tokens().access() in shop.stand_in.login.access_tokens
    assert shop.asked() == ["token/refresh", "token/refresh"]


async def test_a_lost_answer_under_rotation_needs_a_person(shop: "Shop") -> None:
    """When the lost answer held the only living refresh token, the error names the command."""
    shop.faults.add(Fault(FaultKind.CLOSE, operation="token/refresh", when=When.AFTER))
    with pytest.raises(CredentialsRefused, match="36004001") as caught:
        await shop.tokens().access()
    assert caught.value.hint == "syncd auth tiktok --shop us"


async def test_a_pair_is_stored_before_it_is_used(shop: "Shop") -> None:
    """At the first request with a token, the store already has it."""
    known: list[bool] = []

    def look(operation: str, request: Request) -> None:
        if operation == "returns/search":
            stored = {token.access for token in shop.table.rows.values()}
            known.append(request.headers["x-tts-access-token"] in stored)

    shop.faults.before.append(look)
    await shop.client().search(EVERYTHING)
    assert known == [True]


async def test_a_pair_that_cannot_be_stored_is_not_used(shop: "Shop") -> None:
    """If the store fails, nobody gets the token."""
    shop.table.full = True
    with pytest.raises(OSError, match="disk full"):
        await shop.client().search(EVERYTHING)
    assert shop.asked() == ["token/refresh"]


async def cancel_a_refresh(shop: "Shop") -> None:
    """Cancel a task once TikTok has answered its refresh; it must end cancelled."""
    arrived = asyncio.Event()
    shop.faults.after.append(lambda *_: arrived.set())
    task = asyncio.create_task(shop.tokens().access())
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_refresh_is_not_cut_off(shop: "Shop") -> None:
    """A task that is cancelled while its refresh is under way stores the new pair before it ends."""
    shop.faults.add(Fault(FaultKind.STALL, operation="token/refresh", when=When.AFTER, seconds=0.2))
    await cancel_a_refresh(shop)
    assert [token.refresh for token in shop.table.history] == [shop.stand_in.login.refresh_token]


async def test_a_refresh_that_fails_while_cancelled_is_quiet(shop: "Shop") -> None:
    """A cancelled task whose refresh then fails ends cancelled, and is not tried again."""
    shop.faults.add(Fault(FaultKind.DRIP, operation="token/refresh", when=When.AFTER, seconds=30))
    shop.configure(timeout=0.2)
    await cancel_a_refresh(shop)
    assert shop.asked() == ["token/refresh"]


async def test_ten_tasks_make_one_refresh(shop: "Shop") -> None:
    """Tasks that need a token at the same time wait for one refresh."""
    tokens = shop.tokens()
    assert len(set(await asyncio.gather(*(tokens.access() for _ in range(10))))) == 1
    assert shop.asked() == ["token/refresh"]


async def test_ten_refusals_make_one_refresh(shop: "Shop") -> None:
    """Tasks whose token was refused at the same time get the same new one."""
    tokens = shop.tokens()
    old = await tokens.access()
    assert len(set(await asyncio.gather(*(tokens.renewed(old) for _ in range(10)))) - {old}) == 1
    assert shop.asked() == ["token/refresh", "token/refresh"]


async def test_a_newly_configured_token_starts_anew(shop: "Shop") -> None:
    """Another configured refresh token is another authorisation, whose tokens are used from then on."""
    await shop.tokens().access()
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    shop.configure(refresh_token=second.refresh_token)
    assert await shop.tokens().access() in second.access_tokens
    assert len(shop.table.rows) == 2


async def test_the_configured_token_may_be_removed(shop: "Shop") -> None:
    """Once stored, a login works without the configured value, also when it has to be renewed."""
    first = await shop.tokens().access()
    shop.configure(refresh_token="")
    assert await shop.tokens().access() == first
    shop.clock.advance(timedelta(days=6))
    assert await shop.tokens().access() in shop.stand_in.login.access_tokens
    assert len(shop.table.rows) == 1


async def test_shops_of_one_authorisation_share_its_tokens(shop: "Shop") -> None:
    """A second shop with the same configured token uses and renews the same record."""
    first = await shop.tokens().access()
    shop.configure(shop="uk")
    tokens = shop.tokens()
    assert await tokens.access() == first
    shop.clock.advance(timedelta(days=6))
    renewed = await tokens.access()
    shop.configure(shop="us")
    assert await shop.tokens().access() == renewed
    assert len(shop.table.rows) == 1


async def test_without_any_login_the_command_is_named(shop: "Shop") -> None:
    """An empty store and an empty configuration lead to `syncd auth`."""
    shop.configure(refresh_token="")
    with pytest.raises(CredentialsRefused, match="no authorisation for this shop") as caught:
        await shop.tokens().access()
    assert caught.value.hint == "syncd auth tiktok --shop us"
    assert shop.asked() == []


async def authorised(shop: "Shop", login: "Login") -> None:
    """Trade a code of that login, and use what came of it."""
    tokens = shop.tokens()
    key, _ = await tokens.authorise(shop.stand_in.accounts.code(login))
    tokens.use(key)


async def test_a_code_makes_the_first_login(shop: "Shop") -> None:
    """A code works once; its tokens are kept and renewed without any configured one."""
    shop.configure(refresh_token="")
    code = shop.stand_in.accounts.code(shop.stand_in.login)
    tokens = shop.tokens()
    key, stored = await tokens.authorise(code)
    tokens.use(key)
    assert await shop.tokens().access() == stored.access
    with pytest.raises(CredentialsRefused, match="36004004"):
        await shop.tokens().authorise(code)
    shop.clock.advance(timedelta(days=6))
    assert await shop.tokens().access() != stored.access


async def test_a_code_replaces_a_dead_login(shop: "Shop") -> None:
    """After a new authorisation the old configured token is no longer asked for."""
    await shop.tokens().access()
    shop.stand_in.login.revoked = True
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    await authorised(shop, second)
    shop.clock.advance(timedelta(days=6))
    assert await shop.tokens().access() in second.access_tokens


async def test_a_new_login_tells_its_own_end_and_scopes(shop: "Shop") -> None:
    """What TikTok does not say of it is unknown, and is not as it was with the login before."""
    await shop.tokens().access()
    data = {"access_token": "new", "access_token_expire_in": 1_900_000_000, "refresh_token_expire_in": 0}
    shop.faults.add(
        Fault(FaultKind.REPLY, operation="token/get", reply=json_reply({"code": 0, "data": data}))
    )
    _, token = await shop.tokens().authorise("code")
    assert (token.refresh_expires_at, token.scopes, token.refresh) == (None, (), None)


async def test_a_code_that_is_traded_is_kept_before_it_is_used(shop: "Shop") -> None:
    """Until then the old login stays in use, and keeps the place where it is."""
    before = await shop.tokens().access()
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    key, token = await shop.tokens().authorise(shop.stand_in.accounts.code(second))
    assert shop.table.get(key) == token
    assert await shop.tokens().access() == before


async def test_a_new_login_outlives_a_restart(shop: "Shop") -> None:
    """Though the config has the refresh token of an older one; a newly configured one goes before it."""
    await shop.tokens().access()
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    third = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    await authorised(shop, second)
    assert await shop.tokens().access() in second.access_tokens
    shop.configure(refresh_token=third.refresh_token)
    assert await shop.tokens().access() in third.access_tokens


async def test_a_daemon_that_was_refused_finds_the_new_login(shop: "Shop") -> None:
    """Another process trades the code; the one that runs needs no restart."""
    running = shop.client()
    await running.search(EVERYTHING)
    shop.stand_in.login.revoked = True
    shop.clock.advance(timedelta(days=8))
    with pytest.raises(CredentialsRefused, match="36004005"):
        await running.search(EVERYTHING)
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    await authorised(shop, second)
    assert (await running.search(EVERYTHING)).rows == ()


@pytest.mark.parametrize("revoked", [True, False])
async def test_a_login_that_comes_during_a_refresh_is_not_undone(shop: "Shop", revoked: bool) -> None:
    """Whether the refresh of the old one succeeds or not, the new one is what is used from then on."""
    running = shop.tokens()
    await running.access()
    shop.clock.advance(timedelta(days=8))
    second = shop.stand_in.accounts.authorise([shop.stand_in.shop], set(shop.stand_in.login.scopes))
    shop.stand_in.login.revoked = revoked
    other = shop.tokens()
    key, _ = await other.authorise(shop.stand_in.accounts.code(second))

    def taken_over(operation: str, *_: object) -> None:
        if operation == "token/refresh":
            other.use(key)

    shop.faults.after.append(taken_over)
    first = await running.access()
    assert (first in second.access_tokens) == revoked
    assert await running.access() in second.access_tokens
    assert await shop.tokens().access() in second.access_tokens


async def test_a_shop_under_a_login_of_another_knows_where_its_token_is(shop: "Shop") -> None:
    """Also where the other shop has made and renewed it."""
    await shop.tokens().access()
    shop.configure(shop="uk")
    await shop.tokens().access()
    pointers = {shop.memory.get(login_pointer(shop.settings.app_key, name)) for name in ("us", "uk")}
    assert pointers == {shop.tokens().key}


async def test_since_when_a_token_cannot_be_renewed_is_known(shop: "Shop") -> None:
    """As long as it lasts, while the old one is in use."""
    tokens = shop.tokens()
    await tokens.access()
    mark = unrenewed(tokens.key)
    assert shop.memory.get(mark) == ""
    shop.clock.advance(timedelta(days=6))
    since = shop.clock.now()
    shop.faults.add(Fault(FaultKind.STATUS_503, operation="token/*", times=8))
    await tokens.access()
    shop.clock.advance(timedelta(minutes=6))
    await tokens.access()
    assert shop.memory.get(mark) == since.isoformat()
    shop.clock.advance(timedelta(minutes=6))
    await tokens.access()
    assert shop.memory.get(mark) == ""


async def test_two_logins_without_configured_tokens_stay_apart(shop: "Shop") -> None:
    """Shops that were authorised by hand under one app do not share a token by accident."""
    shop.configure(refresh_token="")
    other = shop.stand_in.accounts.authorise([shop.stand_in.add_shop("UK", "GB")], {"seller.order.info"})
    await authorised(shop, shop.stand_in.login)
    shop.configure(shop="uk")
    await authorised(shop, other)
    assert await shop.tokens().access() in other.access_tokens
    shop.configure(shop="us")
    assert await shop.tokens().access() in shop.stand_in.login.access_tokens


async def test_a_revoked_login_is_refused(shop: "Shop") -> None:
    """When the seller withdrew the consent, the error says so and names the command."""
    shop.stand_in.login.revoked = True
    with pytest.raises(CredentialsRefused, match="36004005") as caught:
        await shop.tokens().access()
    assert caught.value.hint == "syncd auth tiktok --shop us"


async def test_an_unreachable_token_service_does_not_stop_a_good_token(shop: "Shop") -> None:
    """An early renewal that fails for now leaves the old token in use, and is tried again minutes later."""
    tokens = shop.tokens()
    first = await tokens.access()
    shop.clock.advance(timedelta(days=6))
    shop.faults.add(Fault(FaultKind.STATUS_503, operation="token/*", times=4))
    assert await tokens.access() == first
    assert await tokens.access() == first
    assert shop.asked().count("token/refresh") == 5
    shop.clock.advance(timedelta(minutes=6))
    assert await tokens.access() != first


async def test_an_early_renewal_that_is_refused_is_told(shop: "Shop") -> None:
    """When the consent is gone, that is said while the old token would still work for a while."""
    tokens = shop.tokens()
    await tokens.access()
    shop.clock.advance(timedelta(days=6))
    shop.stand_in.login.revoked = True
    with pytest.raises(CredentialsRefused, match="36004005"):
        await tokens.access()


async def test_a_login_without_a_refresh_token_ends(shop: "Shop") -> None:
    """Where TikTok never gave a refresh token, the end of the access token is the end of the login."""
    shop.configure(refresh_token="")
    reply = json_reply({"code": 0, "data": {"access_token": "a", "access_token_expire_in": 1}})
    shop.faults.add(Fault(FaultKind.REPLY, operation="token/get", reply=reply))
    tokens = shop.tokens()
    tokens.use((await tokens.authorise("code"))[0])
    with pytest.raises(CredentialsRefused, match="no refresh token"):
        await tokens.access()


async def test_a_refusal_without_anything_stored_starts_anew(shop: "Shop") -> None:
    """If the store lost the token meanwhile, the configured one is traded again."""
    assert await shop.tokens().renewed("gone") in shop.stand_in.login.access_tokens


async def test_an_unreachable_token_service_and_no_token(shop: "Shop") -> None:
    """Without a usable token the failure is passed on, as a temporary one."""
    shop.faults.add(Fault(FaultKind.STATUS_503, operation="token/*", times=4))
    with pytest.raises(NotReached):
        await shop.tokens().access()


@pytest.mark.parametrize("age", [0, 6 * DAY])
async def test_a_reader_uses_the_stored_token(shop: "Shop", age: int) -> None:
    """A process that may not refresh uses what the daemon stored, also late in its life."""
    first = await shop.tokens().access()
    shop.clock.advance(age)
    assert await shop.tokens(may_refresh=False).access() == first
    assert shop.asked() == ["token/refresh"]


@pytest.mark.parametrize("started", [True, False])
async def test_a_reader_never_refreshes(shop: "Shop", started: bool) -> None:
    """Where a refresh would be needed, a reader says that the daemon has to do it."""
    if started:
        await shop.tokens().access()
        shop.clock.advance(timedelta(days=8))
    calls = len(shop.asked())
    with pytest.raises(NotReached, match="only the running daemon does"):
        await shop.tokens(may_refresh=False).access()
    assert len(shop.asked()) == calls


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": "two\nlines"},
        {"access_token": "Größe"},
        {"access_token": "a b"},
    ],
)
async def test_an_answer_without_a_token(shop: "Shop", data: dict[str, object]) -> None:
    """What cannot be sent as a token is not stored."""
    reply = json_reply({"code": 0, "data": data})
    shop.faults.add(Fault(FaultKind.REPLY, operation="token/*", times=4, reply=reply))
    with pytest.raises(AnswerUnreadable, match="no access token"):
        await shop.tokens().access()
    assert shop.table.history == []


@pytest.mark.parametrize("expires", [None, "soon", -1, True, 10**20])
async def test_odd_times_do_not_lose_a_pair(shop: "Shop", expires: object) -> None:
    """A pair without readable times is kept and used: its refresh token may be the only living one."""
    data = {"access_token": "a", "refresh_token": "r", "access_token_expire_in": expires}
    reply = json_reply({"code": 0, "data": data})
    shop.faults.add(Fault(FaultKind.REPLY, operation="token/*", reply=reply))
    assert await shop.tokens().access() == "a"
    assert [token.refresh for token in shop.table.history] == ["r"]


async def test_what_is_known_can_be_shown(shop: "Shop") -> None:
    """`stored` tells what is there without asking anybody."""
    tokens: TikTokTokens = shop.tokens()
    assert tokens.stored() is None
    access = await tokens.access()
    stored = tokens.stored()
    assert stored is not None
    assert stored.access == access
    assert access not in repr(stored)
