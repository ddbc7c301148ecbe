"""The stand-in TikTok Shop, read by an independent client that was generated from TikTok's own pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tiktok_shop_api import TikTokShop, TikTokShopAuth, TikTokShopError
from tiktok_shop_api.generated.models.search_cancellations_request import SearchCancellationsRequest
from tiktok_shop_api.generated.models.search_cancellations_request_cancel_status_item import (
    SearchCancellationsRequestCancelStatusItem,
)
from tiktok_shop_api.generated.models.search_cancellations_request_cancel_types_item import (
    SearchCancellationsRequestCancelTypesItem,
)
from tiktok_shop_api.generated.models.search_cancellations_sort_field import SearchCancellationsSortField
from tiktok_shop_api.generated.models.search_cancellations_sort_order import SearchCancellationsSortOrder
from tiktok_shop_api.generated.models.search_returns_request import SearchReturnsRequest
from tiktok_shop_api.generated.models.search_returns_request_return_status_item import (
    SearchReturnsRequestReturnStatusItem,
)
from tiktok_shop_api.generated.models.search_returns_sort_field import SearchReturnsSortField
from tiktok_shop_api.generated.models.search_returns_sort_order import SearchReturnsSortOrder

from syncd.clock import SystemClock
from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType
from syncd.sandbox.server import LoopbackServer, in_background
from syncd.sandbox.tiktok import SandboxReturn, TikTokSale, TikTokStandIn
from syncd.sandbox.tiktok.switches import EmptyObject


@pytest.fixture
def stand_in() -> TikTokStandIn:
    return TikTokStandIn(SystemClock())


@pytest.fixture
def address(stand_in: TikTokStandIn) -> Iterator[str]:
    server = LoopbackServer(stand_in)
    with in_background(server):
        yield server.url


@pytest.fixture
def auth(stand_in: TikTokStandIn, address: str) -> TikTokShopAuth:
    transport = httpx.HTTPTransport()
    return TikTokShopAuth(stand_in.app_key, stand_in.app_secret, base_url=address, transport=transport)


@pytest.fixture
def client(stand_in: TikTokStandIn, address: str, auth: TikTokShopAuth) -> Iterator[TikTokShop]:
    tokens = auth.refresh(stand_in.login.refresh_token)
    with TikTokShop(
        stand_in.app_key,
        stand_in.app_secret,
        access_token=tokens.access_token,
        shop_cipher=stand_in.shop.cipher,
        base_url=address,
        transport=httpx.HTTPTransport(),
    ) as client:
        yield client


def rich_return(stand_in: TikTokStandIn) -> SandboxReturn:
    """A return with every field that the stand-in can send."""
    sale = TikTokSale(
        "SET", "12.50", name="Two mugs", quantity=2, platform_discount="1.00", parts=("MUG", "MUG")
    )
    order = stand_in.add_order([sale], shipping="4.99", tax="1.62")
    return stand_in.add_return(
        order,
        status=ReturnStatus.COMPLETE,
        shipping="4.99",
        tax="1.62",
        tracking_number="9400100000000000000000",
        arbitration="CLOSED",
        quick_refund=True,
        keep_item=True,
        previous_id="4035318504086604100",
        next_id="4035318504086604200",
    )


def data_of(answer: Any) -> Any:
    """The data of a success; any, because the client's types allow for every field to be absent."""
    assert (answer.code, answer.message) == (0, "Success")
    return answer.data


def unknown_fields(model: Any, where: str = "row") -> list[str]:
    """The fields, at any depth, that the client's model does not know."""
    if isinstance(model, list):
        return [name for item in model for name in unknown_fields(item, where)]
    if not hasattr(model, "additional_properties"):
        return []
    found = [f"{where}.{name}" for name in model.additional_properties]
    names = [name for name in model.__attrs_attrs__ if name.name != "additional_properties"]
    return found + [
        one for name in names for one in unknown_fields(getattr(model, name.name), f"{where}.{name.name}")
    ]


def test_a_code_and_a_refresh(stand_in: TikTokStandIn, auth: TikTokShopAuth) -> None:
    """Both requests of the token service are accepted, and their answers have all the client needs."""
    first = auth.exchange_code(stand_in.accounts.code(stand_in.login))
    second = auth.refresh(first.refresh_token)
    assert second.access_token != first.access_token
    assert second.access_token_expire_in - stand_in.clock.now().timestamp() == pytest.approx(7 * 86400, abs=5)
    assert second.granted_scopes == sorted(stand_in.login.scopes)
    assert (second.seller_name, second.seller_base_region, second.user_type) == ("Sandbox Shop", "US", 0)


def test_a_wrong_code_has_its_own_error(auth: TikTokShopAuth) -> None:
    """The client reads the code of a refusal."""
    with pytest.raises(TikTokShopError) as caught:
        auth.exchange_code("made up")
    assert caught.value.code == 36004004


def test_the_shops(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """The signature over a request without a shop is accepted, and the shop is read."""
    answer = client.authorization.get_authorized_shops()
    (shop,) = data_of(answer).shops
    assert (shop.cipher, shop.id) == (stand_in.shop.cipher, stand_in.shop.id)
    assert unknown_fields(answer) == []


def test_returns_over_several_pages(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """A signed body and page tokens with reserved characters are accepted, page after page."""
    order = stand_in.add_order([TikTokSale("MUG", "12.50")])
    cases = [stand_in.add_return(order, status=ReturnStatus.COMPLETE) for _ in range(23)]
    body = SearchReturnsRequest(
        return_status=[SearchReturnsRequestReturnStatusItem.RETURN_OR_REFUND_REQUEST_COMPLETE],
        update_time_ge=1,
        locale="en-GB",
    )
    found: list[str] = []
    more: dict[str, str] = {}
    for _ in range(3):
        answer = client.return_and_refund.search_returns(
            body=body,
            sort_field=SearchReturnsSortField.UPDATE_TIME,
            sort_order=SearchReturnsSortOrder.ASC,
            page_size="10",
            **more,
        )
        found += [row.return_id for row in data_of(answer).return_orders]
        more = {"page_token": data_of(answer).next_page_token}
    assert more == {"page_token": ""}
    assert found == [case.return_id for case in cases]


def test_a_return_row_has_only_known_fields(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """The stand-in sends no field of a return that TikTok's pages lack, and all come back unchanged."""
    case = rich_return(stand_in)
    answer = client.return_and_refund.search_returns(body=SearchReturnsRequest(return_ids=[case.return_id]))
    assert unknown_fields(answer) == []
    assert [row.to_dict() for row in data_of(answer).return_orders] == [stand_in.row_of(case)]


def test_an_unknown_field_would_be_noticed(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """A field that is on none of TikTok's pages is told by its path."""
    case = rich_return(stand_in)
    stand_in.advance(case, extra={"made_up": 1, "refund_amount": {"currency": "USD", "also_made_up": "1"}})
    answer = client.return_and_refund.search_returns(body=SearchReturnsRequest(return_ids=[case.return_id]))
    assert unknown_fields(data_of(answer).return_orders) == ["row.made_up", "row.refund_amount.also_made_up"]


@pytest.mark.parametrize("kind", [kind for kind in ReturnType if kind is not ReturnType.UNKNOWN])
def test_every_type_is_readable(stand_in: TikTokStandIn, client: TikTokShop, kind: ReturnType) -> None:
    """Each type and each status is a word that the client's search also knows."""
    order = stand_in.add_order([TikTokSale("MUG", "12.50")])
    words = [SearchReturnsRequestReturnStatusItem(s) for s in ReturnStatus if s is not ReturnStatus.UNKNOWN]
    for word in words:
        stand_in.add_return(order, type=kind, status=word.value)
    answer = client.return_and_refund.search_returns(
        body=SearchReturnsRequest(return_status=words), page_size="50"
    )
    assert {row.return_status for row in data_of(answer).return_orders} == {word.value for word in words}
    assert {row.return_type for row in data_of(answer).return_orders} == {kind.value}


def test_no_returns(client: TikTokShop) -> None:
    """The answer without a list is readable, and says that there is nothing."""
    answer = client.return_and_refund.search_returns(body=SearchReturnsRequest(update_time_ge=1))
    assert (data_of(answer).total_count, data_of(answer).next_page_token) == (0, "")
    assert not data_of(answer).return_orders


def test_an_empty_body_is_signed_as_it_is(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """This client signs `{}`, which is accepted unless the switch says otherwise."""
    assert client.return_and_refund.search_returns(body=SearchReturnsRequest()) is not None
    stand_in.switches.empty_object = EmptyObject.UNSIGNED
    with pytest.raises(TikTokShopError) as caught:
        client.return_and_refund.search_returns(body=SearchReturnsRequest())
    assert caught.value.code == 106001


def test_cancellations(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """Cancellations are found, with known fields only."""
    case = stand_in.add_cancellation(stand_in.add_order([TikTokSale("MUG", "12.50")]), shipping="4.99")
    answer = client.return_and_refund.search_cancellations(
        body=SearchCancellationsRequest(cancel_ids=[case.cancel_id])
    )
    assert unknown_fields(answer) == []
    assert [row.to_dict() for row in data_of(answer).cancellations] == [stand_in.row_of(case)]


def test_cancellations_over_several_pages(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """Each known word is one that the client's search also knows; a page may be of one row."""
    order = stand_in.add_order([TikTokSale("MUG", "12.50")], status="AWAITING_SHIPMENT")
    words = [
        SearchCancellationsRequestCancelStatusItem(s) for s in CancelStatus if s is not CancelStatus.UNKNOWN
    ]
    kinds = [SearchCancellationsRequestCancelTypesItem(kind) for kind in ("BUYER_CANCEL", "CANCEL")]
    cases = [
        stand_in.add_cancellation(order, status=word.value, type=kind) for word in words for kind in kinds
    ]
    found: list[str] = []
    more: dict[str, str] = {}
    for _ in cases:
        answer = client.return_and_refund.search_cancellations(
            body=SearchCancellationsRequest(cancel_status=words, cancel_types=kinds, update_time_ge=1),
            sort_field=SearchCancellationsSortField.UPDATE_TIME,
            sort_order=SearchCancellationsSortOrder.ASC,
            page_size="1",
            **more,
        )
        found += [row.cancel_id for row in data_of(answer).cancellations]
        more = {"page_token": data_of(answer).next_page_token}
    assert more == {"page_token": ""}
    assert found == [case.cancel_id for case in cases]


def test_a_cancellation_of_what_was_never_paid(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """Neither the cancellation nor its units name an amount, and the order no time of payment."""
    sale = TikTokSale("MUG", "12.50")
    order = stand_in.add_order([sale], status="AWAITING_SHIPMENT", cash_on_delivery=True)
    stand_in.add_cancellation(order, status=CancelStatus.COMPLETE, replenish=None)
    answer = client.return_and_refund.search_cancellations(body=SearchCancellationsRequest())
    (row,) = (one.to_dict() for one in data_of(answer).cancellations)
    assert {"refund_amount", "should_replenish_stock"} & row.keys() == set()
    assert all("refund_amount" not in item for item in row["cancel_line_items"])
    (read,) = data_of(client.orders.get_order_detail(ids=[order.order_id])).orders
    assert (read.is_cod, read.status, "paid_time" in read.to_dict()) == (True, "CANCELLED", False)


def test_records(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """The records of a return are readable."""
    case = rich_return(stand_in)
    answer = client.return_and_refund.get_return_records(case.return_id, locale="en-GB")
    assert [record.event for record in data_of(answer).records] == ["ORDER_RETURN", "REFUND_SUCCESS"]
    assert unknown_fields(answer) == []


def test_orders(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """Several orders are read at once, with known fields only."""
    orders = [stand_in.add_order([TikTokSale("MUG", "12.50")], tax="0.62") for _ in range(2)]
    answer = client.orders.get_order_detail(ids=[order.order_id for order in orders])
    assert [row.to_dict() for row in data_of(answer).orders] == [stand_in.row_of(order) for order in orders]
    assert unknown_fields(answer) == []


def test_refusals(stand_in: TikTokStandIn, client: TikTokShop) -> None:
    """An expired token and a wrong shop have the codes and HTTP statuses that the client reads."""
    with pytest.raises(TikTokShopError) as caught:
        client.with_shop(shop_cipher="wrong").orders.get_order_detail(ids=["1"])
    assert caught.value.code == 101000
    stand_in.login.expire_access(stand_in.clock.now())
    with pytest.raises(TikTokShopError) as caught:
        client.orders.get_order_detail(ids=["1"])
    assert (caught.value.code, caught.value.http_status) == (105002, 401)
    assert caught.value.request_id == stand_in.calls[-1].request_id
