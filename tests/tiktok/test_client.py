"""The client against the stand-in, over real HTTP."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from syncd.errors import (
    AnswerUnreadable,
    ApiError,
    CredentialsRefused,
    MissingScope,
    NotReached,
    RateLimited,
    RequestRefused,
)
from syncd.model.cases import CancelStatus, ReturnStatus
from syncd.sandbox.clock import START
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import json_reply
from syncd.sandbox.tiktok import SandboxReturn, TikTokSale, TikTokStandIn, wrong_reply
from syncd.tiktok.client import CancellationFilters, Page, ReturnFilters, TikTokClient
from syncd.tiktok.wire import snapshot_from

if TYPE_CHECKING:
    from tests.tiktok.conftest import Shop

EVERYTHING = ReturnFilters()


def some_returns(stand_in: TikTokStandIn, count: int) -> list[SandboxReturn]:
    order = stand_in.add_order([TikTokSale("MUG", "12.50")])
    return [stand_in.add_return(order) for _ in range(count)]


async def pages(client: TikTokClient, filters: ReturnFilters = EVERYTHING) -> list[Page]:
    found = [await client.search(filters)]
    while found[-1].next_page_token:
        found.append(await client.search(filters, found[-1].next_page_token))
    return found


async def ids(shop: "Shop", filters: ReturnFilters) -> list[str]:
    return [str(row["return_id"]) for page in await pages(shop.client(), filters) for row in page.rows]


async def test_all_pages_have_all_returns(shop: "Shop") -> None:
    """120 returns come as pages of 50, 50 and 20, each return once, with the total told."""
    cases = some_returns(shop.stand_in, 120)
    found = await pages(shop.client())
    assert [len(page.rows) for page in found] == [50, 50, 20]
    assert {page.total_count for page in found} == {120}
    assert [row["return_id"] for page in found for row in page.rows] == [case.return_id for case in cases]


@pytest.mark.parametrize("last_page_has_token_key", [True, False])
async def test_no_returns_is_an_empty_page(shop: "Shop", last_page_has_token_key: bool) -> None:
    """An answer without the list, with or without an empty token, is a page of nothing."""
    shop.stand_in.switches.last_page_has_token_key = last_page_has_token_key
    page = await shop.client().search(EVERYTHING)
    assert (page.rows, page.next_page_token, page.total_count) == ((), "", 0)


@pytest.mark.parametrize("version", ["202309", "202602"])
async def test_both_versions_read_the_same(shop: "Shop", version: str) -> None:
    """Either version of the endpoint gives the same snapshot."""
    (case,) = some_returns(shop.stand_in, 1)
    shop.configure(version=version)
    page = await shop.client().search(EVERYTHING)
    assert [snapshot_from(row).case_id for row in page.rows] == [case.return_id]


async def test_filters_choose(shop: "Shop") -> None:
    """Each filter keeps what it names: the window from inclusive, before exclusive."""
    first, second, third = some_returns(shop.stand_in, 3)
    shop.clock.advance(60)
    shop.stand_in.advance(second, ReturnStatus.COMPLETE)
    minute = START + timedelta(minutes=1)
    assert await ids(shop, ReturnFilters(updated_from=minute)) == [second.return_id]
    assert await ids(shop, ReturnFilters(updated_before=minute)) == [first.return_id, third.return_id]
    assert len(await ids(shop, ReturnFilters(created_from=START, created_before=minute))) == 3
    assert await ids(shop, ReturnFilters(statuses=(ReturnStatus.COMPLETE,))) == [second.return_id]
    assert await ids(shop, ReturnFilters(ids=(third.return_id,))) == [third.return_id]
    assert await ids(shop, ReturnFilters(order_ids=("1",))) == []


@pytest.mark.parametrize(
    ("filters", "body"),
    [
        (EVERYTHING, b""),
        (ReturnFilters(ids=("40353",)), b'{"return_ids":["40353"]}'),
        (
            ReturnFilters(
                updated_from=datetime.fromtimestamp(1759900000, UTC),
                updated_before=datetime.fromtimestamp(1760000000.9, UTC),
            ),
            b'{"update_time_ge":1759900000,"update_time_lt":1760000000}',
        ),
    ],
)
def test_the_body_is_never_an_empty_object(filters: ReturnFilters, body: bytes) -> None:
    """Filters are written compactly, times as whole seconds, and no filter is no body at all."""
    assert filters.body() == body


async def test_cancellations_are_searched_like_returns(shop: "Shop") -> None:
    """Their own list, their own filters, and none of the returns."""
    order = shop.stand_in.add_order([TikTokSale("MUG", "12.50")])
    shop.stand_in.add_return(order)
    words = (CancelStatus.PENDING, CancelStatus.COMPLETE)
    first, second = (shop.stand_in.add_cancellation(order, status=word) for word in words)
    client = shop.client()
    every = await client.search(CancellationFilters())
    done = await client.search(CancellationFilters(statuses=(CancelStatus.COMPLETE,)))
    known = await client.search(CancellationFilters(ids=(first.cancel_id,)))
    assert [snapshot_from(row).case_id for row in every.rows] == [first.cancel_id, second.cancel_id]
    assert [[row["cancel_id"] for row in page.rows] for page in (done, known)] == [
        [second.cancel_id],
        [first.cancel_id],
    ]
    assert {call.operation for call in shop.stand_in.calls} >= {"cancellations/search"}


async def test_an_unreadable_answer_about_cancellations_names_their_search(shop: "Shop") -> None:
    """Whoever reads the error knows where to look."""
    answer = json_reply({"code": 0, "data": {"cancellations": [1]}})
    shop.faults.add(Fault(FaultKind.REPLY, "cancellations/search", reply=answer))
    with pytest.raises(AnswerUnreadable) as caught:
        await shop.client().search(CancellationFilters())
    assert (caught.value.operation, caught.value.what) == (
        "cancellations/search",
        "cancellations is no list of objects",
    )


async def test_orders_are_read_by_id(shop: "Shop") -> None:
    """Known orders come back, unknown ones do not, and no ids make no request."""
    order = shop.stand_in.add_order([TikTokSale("MUG", "12.50", quantity=2)], shipping="3.00")
    (read,) = await shop.client().orders([order.order_id, "576400000000000000"])
    assert (read.order_id, [line.line_id for line in read.lines]) == (order.order_id, list(order.line_ids))
    assert str(read.total) == "28.00 USD"
    calls = len(shop.asked())
    assert await shop.client().orders([]) == ()
    assert len(shop.asked()) == calls


async def test_more_than_fifty_orders_are_a_mistake(shop: "Shop") -> None:
    """TikTok takes 50 ids, so 51 are refused before anything is sent."""
    with pytest.raises(ValueError, match="51 orders"):
        await shop.client().orders(["1"] * 51)
    assert shop.asked() == []


async def test_the_only_shop_is_found_and_remembered(shop: "Shop") -> None:
    """Without a cipher the login is asked once, also across clients."""
    shop.configure(shop_cipher="")
    some_returns(shop.stand_in, 1)
    client = shop.client()
    assert len((await client.search(EVERYTHING)).rows) == 1
    await client.search(EVERYTHING)
    await shop.client().search(EVERYTHING)
    assert shop.asked().count("shops") == 1


async def test_several_shops_are_named(shop: "Shop") -> None:
    """Two shops under one login are a choice that the admin has to make."""
    shop.configure(shop_cipher="")
    other = shop.stand_in.add_shop("Second", "GB")
    shop.stand_in.login.shops.append(other)
    with pytest.raises(CredentialsRefused, match=f"2 shops: .*Second GB .{other.cipher}.") as caught:
        await shop.client().search(EVERYTHING)
    assert caught.value.hint == "set shop_cipher in [shops.us.tiktok]"


async def test_a_login_without_a_shop_is_refused(shop: "Shop") -> None:
    """No shop at all needs a new authorisation."""
    shop.configure(shop_cipher="")
    shop.stand_in.login.shops.clear()
    with pytest.raises(CredentialsRefused, match="for no shop") as caught:
        await shop.client().search(EVERYTHING)
    assert caught.value.hint == "syncd auth tiktok --shop us"


async def test_a_found_shop_that_no_longer_fits_is_looked_up_again(shop: "Shop") -> None:
    """When the login has moved to another shop, one read fails and the next one finds the new shop."""
    shop.configure(shop_cipher="")
    client = shop.client()
    await client.search(EVERYTHING)
    other = shop.stand_in.add_shop("Other")
    shop.stand_in.login.shops[:] = [other]
    with pytest.raises(CredentialsRefused, match="do not belong together"):
        await client.search(EVERYTHING)
    assert await client.cipher() == other.cipher


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.RESET, times=9), NotReached),
        (Fault(FaultKind.CLOSE, times=9, when=When.AFTER), NotReached),
        (Fault(FaultKind.TRUNCATE, times=9, when=When.AFTER), NotReached),
        (Fault(FaultKind.STATUS_503, times=9), NotReached),
        (Fault(FaultKind.STATUS_429, times=9), RateLimited),
        (Fault(FaultKind.HTML_200, times=9), AnswerUnreadable),
        (Fault(FaultKind.GARBAGE_JSON, times=9), AnswerUnreadable),
        (Fault(FaultKind.REPLY, times=9, reply=wrong_reply(36009003, "Internal error")), NotReached),
        (Fault(FaultKind.REPLY, times=9, reply=json_reply({"code": 0})), AnswerUnreadable),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
async def test_a_read_is_tried_four_times(shop: "Shop", fault: Fault, error: type[ApiError]) -> None:
    """A passing fault is waited out, a lasting one is raised after four tries."""
    client = shop.client()
    await client.search(EVERYTHING)
    shop.faults.add(fault)
    with pytest.raises(error):
        await client.search(EVERYTHING)
    assert shop.asked().count("returns/search") == 5
    shop.faults.clear()
    assert (await client.search(EVERYTHING)).total_count == 0


async def test_pauses_grow(shop: "Shop") -> None:
    """Between tries the pauses double."""
    client = shop.client()
    await client.search(EVERYTHING)
    shop.clock.advance(10)
    shop.faults.add(Fault(FaultKind.STATUS_500, times=3))
    await client.search(EVERYTHING)
    assert shop.clock.pauses == [1.0, 2.0, 4.0]


async def test_retry_after_is_honoured(shop: "Shop") -> None:
    """A 429 that names a pause gets exactly that pause."""
    client = shop.client()
    shop.faults.add(Fault(FaultKind.STATUS_429, operation="returns/*", seconds=7))
    await client.search(EVERYTHING)
    assert shop.clock.pauses == [7.0]


async def test_a_long_pause_is_left_to_the_next_poll(shop: "Shop") -> None:
    """Asked to wait for an hour, the client gives up at once and passes the pause on."""
    shop.faults.add(Fault(FaultKind.STATUS_429, operation="returns/*", seconds=3600))
    with pytest.raises(RateLimited) as caught:
        await shop.client().search(EVERYTHING)
    assert caught.value.pause == 3600
    assert shop.clock.pauses == []


async def test_at_most_ten_requests_a_second(shop: "Shop") -> None:
    """Requests in a row are kept a tenth of a second apart."""
    client = shop.client()
    for _ in range(4):
        await client.search(EVERYTHING)
    assert shop.clock.pauses == pytest.approx([0.1, 0.1, 0.1])


async def test_after_a_refusal_requests_are_further_apart(shop: "Shop") -> None:
    """TikTok's limits are found by its answers."""
    client = shop.client()
    shop.faults.add(Fault(FaultKind.STATUS_429, operation="returns/*", seconds=7))
    await client.search(EVERYTHING)
    shop.clock.pauses.clear()
    await client.search(EVERYTHING)
    [pause] = shop.clock.pauses
    assert pause == pytest.approx(0.2)


async def test_an_expired_token_is_renewed_once(shop: "Shop") -> None:
    """When TikTok calls the token expired before its time, one refresh helps."""
    client = shop.client()
    await client.search(EVERYTHING)
    shop.stand_in.login.expire_access(shop.stand_in.clock.now())
    await client.search(EVERYTHING)
    assert shop.asked() == [
        "token/refresh",
        "returns/search",
        "returns/search",
        "token/refresh",
        "returns/search",
    ]


async def test_a_token_that_is_never_accepted_needs_a_person(shop: "Shop") -> None:
    """If the new token is refused as well, the seller has to authorise again."""
    refused = wrong_reply(105001, "access token is invalid")
    shop.faults.add(Fault(FaultKind.REPLY, operation="returns/*", times=9, reply=refused))
    with pytest.raises(CredentialsRefused) as caught:
        await shop.client().search(EVERYTHING)
    assert caught.value.hint == "syncd auth tiktok --shop us"
    assert shop.asked().count("token/refresh") == 2
    assert shop.asked().count("returns/search") == 2


async def test_a_missing_scope_is_named(shop: "Shop") -> None:
    """The error says which scope the app lacks."""
    shop.stand_in.login.scopes.remove("seller.order.info")
    with pytest.raises(MissingScope) as caught:
        await shop.client().orders(["5764"])
    assert caught.value.scope == "seller.order.info"


@pytest.mark.parametrize("errors_with_200", [True, False])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"app_secret": "wrong"}, "refuses the app"),
        ({"app_key": "wrong"}, "refuses the app"),
        ({"shop_cipher": "wrong"}, "do not belong together"),
    ],
)
async def test_wrong_credentials(
    shop: "Shop", change: dict[str, str], words: str, errors_with_200: bool
) -> None:
    """Wrong settings are told apart from trouble, whatever HTTP status comes with the code."""
    shop.stand_in.switches.errors_with_200 = errors_with_200
    shop.configure(**change)
    with pytest.raises(CredentialsRefused, match=words):
        await shop.client().search(EVERYTHING)


async def test_a_wrong_clock_is_named(shop: "Shop") -> None:
    """When TikTok refuses our time, the error says how far off this machine is by the answer's date."""
    refusal = wrong_reply(36009004, "Invalid timestamp", headers={"Date": "Mon, 02 Nov 2026 11:00:00 GMT"})
    shop.faults.add(Fault(FaultKind.REPLY, operation="returns/*", times=9, reply=refusal))
    shop.clock.pauses.clear()
    with pytest.raises(NotReached, match=r"which is 36\d\d s ahead"):
        await shop.client().search(EVERYTHING)


async def test_a_request_that_is_wrong_is_not_repeated(shop: "Shop") -> None:
    """A fault of ours is raised at once."""
    refused = wrong_reply(25001001, "bad parameter")
    shop.faults.add(Fault(FaultKind.REPLY, operation="returns/*", reply=refused))
    with pytest.raises(RequestRefused):
        await shop.client().search(EVERYTHING)
    assert shop.asked().count("returns/search") == 1


async def test_a_page_token_that_has_expired_ends_the_search(shop: "Shop") -> None:
    """A refused page token is no fault of ours: the search can be started anew later."""
    some_returns(shop.stand_in, 60)
    shop.stand_in.switches.page_token_life = timedelta(minutes=1)
    first = await shop.client().search(EVERYTHING)
    shop.clock.advance(timedelta(minutes=2))
    with pytest.raises(AnswerUnreadable, match="page_token is expired"):
        await shop.client().search(EVERYTHING, first.next_page_token)


@pytest.mark.parametrize(
    "data",
    [
        {"return_orders": {}},
        {"return_orders": "none"},
        {"return_orders": [{}, None]},
        {"return_orders": [], "next_page_token": 7},
    ],
)
async def test_a_page_that_makes_no_sense(shop: "Shop", data: dict[str, object]) -> None:
    """A page in another shape is never read as an empty one."""
    reply = json_reply({"code": 0, "message": "Success", "data": data})
    shop.faults.add(Fault(FaultKind.REPLY, operation="returns/*", reply=reply))
    with pytest.raises(AnswerUnreadable):
        await shop.client().search(EVERYTHING)


async def test_nothing_but_reads_is_sent(shop: "Shop") -> None:
    """All that the client can do leads to reading endpoints."""
    (case,) = some_returns(shop.stand_in, 1)
    client = shop.client()
    await client.shops()
    await client.search(EVERYTHING)
    await client.orders([case.order.order_id])
    assert set(shop.asked()) == {"token/refresh", "shops", "returns/search", "orders"}
    public = {name for name in dir(client) if not name.startswith("_")}
    assert public == {"cipher", "orders", "search", "shops"}


async def test_each_exchange_is_told(shop: "Shop") -> None:
    """A listener learns of every exchange, also of one that failed and of those with the token service."""
    some_returns(shop.stand_in, 1)
    shop.faults.add(Fault(FaultKind.STATUS_503, "returns/search"))
    await shop.client().search(EVERYTHING)
    told = [(call.api, call.operation, call.status, call.outcome) for call in shop.told]
    assert told == [
        ("tiktok", "token/refresh", 200, "ok"),
        ("tiktok", "returns/search", 503, "NotReached"),
        ("tiktok", "returns/search", 200, "ok"),
    ]
    assert shop.told[-1].request_id
