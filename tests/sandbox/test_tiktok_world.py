"""Searching the stand-in TikTok Shop, and what its world can do."""

import json
from datetime import timedelta
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.clock import HandClock
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.tiktok import Paid, SandboxReturn, SandboxShop, TikTokSale, TikTokStandIn
from syncd.sandbox.tiktok.switches import Paging
from syncd.tiktok.sign import sign

RETURNS = "/return_refund/202602/returns/search"
CANCELLATIONS = "/return_refund/202309/cancellations/search"
MUG = TikTokSale("MUG", "10.00", name="A mug")


class Reader:
    """Reads the stand-in with signed requests."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.stand_in = TikTokStandIn(self.clock)
        query = {
            "app_key": self.stand_in.app_key,
            "app_secret": self.stand_in.app_secret,
            "grant_type": "refresh_token",
            "refresh_token": self.stand_in.login.refresh_token,
        }
        reply = self.stand_in.handle(Request("GET", "/api/v2/token/refresh", tuple(query.items())))
        self.token = str(json.loads(reply.body)["data"]["access_token"])

    def ask(
        self,
        path: str,
        filters: dict[str, Any] | None = None,
        shop: SandboxShop | None = None,
        **query: str,
    ) -> Reply:
        """One request: POST with filters, GET without."""
        body = b"" if filters is None else json.dumps(filters).encode()
        whole = {
            "app_key": self.stand_in.app_key,
            "timestamp": str(int(self.clock.now().timestamp())),
            "shop_cipher": (shop or self.stand_in.shop).cipher,
            **query,
        }
        whole["sign"] = sign(self.stand_in.app_secret, path, whole, body)
        headers = {"x-tts-access-token": self.token, "content-type": "application/json"}
        method = "GET" if filters is None else "POST"
        return self.stand_in.handle(Request(method, path, tuple(whole.items()), headers, body))

    def data(
        self,
        path: str,
        filters: dict[str, Any] | None = None,
        shop: SandboxShop | None = None,
        **query: str,
    ) -> dict[str, Any]:
        """The data of a success."""
        envelope: dict[str, Any] = json.loads(self.ask(path, filters, shop, **query).body)
        assert (envelope["code"], envelope["message"]) == (0, "Success")
        data: dict[str, Any] = envelope["data"]
        return data

    def walk(self, size: int = 10) -> list[list[str]]:
        """The ids of all pages of all returns, by update time."""
        query: dict[str, Any] = {"sort_field": "update_time", "page_size": str(size)}
        pages: list[list[str]] = []
        token = "first"
        window = {"update_time_lt": int(self.clock.now().timestamp()) + 1}
        while token and len(pages) < 9:
            more: dict[str, Any] = {} if token == "first" else {"page_token": token}
            data = self.data(RETURNS, window, **query, **more)
            pages.append([row["return_id"] for row in data.get("return_orders", [])])
            token = data.get("next_page_token", "")
        return pages

    def some(self, count: int) -> list[SandboxReturn]:
        """Returns of one order."""
        order = self.stand_in.add_order([MUG])
        return [self.stand_in.add_return(order) for _ in range(count)]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_pages_follow_each_other(reader: Reader) -> None:
    """Tokens lead through all rows once."""
    cases = reader.some(25)
    assert [len(page) for page in reader.walk()] == [10, 10, 5]
    assert [one for page in reader.walk() for one in page] == [case.return_id for case in cases]


def test_an_empty_list_is_left_out(reader: Reader) -> None:
    """Nothing found is a count of 0 and an empty token, without a list."""
    assert reader.data(RETURNS, {"return_ids": ["1"]}) == {"total_count": 0, "next_page_token": ""}
    reader.stand_in.switches.last_page_has_token_key = False
    assert reader.data(RETURNS, {"return_ids": ["1"]}) == {"total_count": 0}


@pytest.mark.parametrize(("paging", "missed"), [(Paging.OFFSET, 1), (Paging.CURSOR, 0)])
def test_a_row_that_moves_between_pages(reader: Reader, paging: Paging, missed: int) -> None:
    """By row numbers the row that fills the gap is left out; by a cursor none is."""
    cases = reader.some(12)
    reader.clock.advance(timedelta(seconds=60))
    reader.stand_in.switches.paging = paging
    reader.stand_in.switches.rows_move_between_pages = True
    pages = reader.walk()
    seen = {one for page in pages for one in page}
    assert len({case.return_id for case in cases} - seen) == missed
    assert pages[1][-1] == pages[0][0]


def test_a_token_that_repeats(reader: Reader) -> None:
    """By a switch the token leads to the same page for ever."""
    reader.some(25)
    reader.stand_in.switches.repeats_page_token = True
    pages = reader.walk()
    assert len(pages) == 9
    assert pages[1] == pages[8]


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({}, {"page_size": "9"}),
        ({}, {"page_size": "51"}),
        ({}, {"page_size": "many"}),
        ({}, {"sort_field": "price"}),
        ({}, {"sort_order": "asc"}),
        ({}, {"page_token": "made up"}),
        ({"update_time_ge": "1760000000"}, {}),
        ({"return_ids": "4035"}, {}),
        ({"return_ids": [4035]}, {}),
    ],
)
def test_wrong_searches_are_refused(reader: Reader, filters: dict[str, Any], query: dict[str, Any]) -> None:
    """Parameters of the wrong kind or size are 25001001."""
    assert json.loads(reader.ask(RETURNS, filters, **query).body)["code"] == 25001001


def test_paging_belongs_into_the_query(reader: Reader) -> None:
    """A page size in the body is 36009004."""
    assert json.loads(reader.ask(RETURNS, {"page_size": 50}).body)["code"] == 36009004


def test_limits_that_may_exist(reader: Reader) -> None:
    """Small pages, long lists, long windows and old tokens are refused or not by switches."""
    reader.some(12)
    switches = reader.stand_in.switches
    window = {"update_time_ge": 1, "update_time_lt": 10**9}
    assert reader.data(RETURNS, window, page_size="10")["total_count"] == 0
    token = reader.data(RETURNS, {}, page_size="10")["next_page_token"]
    switches.small_pages_are_refused = False
    switches.longest_id_list = 1
    switches.longest_window = timedelta(days=30)
    switches.page_token_life = timedelta(minutes=1)
    reader.clock.advance(timedelta(minutes=2))
    assert len(reader.data(RETURNS, {}, page_size="5")["return_orders"]) == 10
    refused: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"return_ids": ["1", "2"]}, {}),
        (window, {}),
        ({}, {"page_size": "10", "page_token": token}),
    ]
    codes = [json.loads(reader.ask(RETURNS, filters, **query).body)["code"] for filters, query in refused]
    assert codes == [25001001] * 3


def test_a_token_is_for_one_search(reader: Reader) -> None:
    """With other filters a token is refused."""
    reader.some(12)
    token = reader.data(RETURNS, {"update_time_ge": 1})["next_page_token"]
    reply = reader.ask(RETURNS, {"update_time_ge": 2}, page_token=token)
    assert json.loads(reply.body)["code"] == 25001001


def test_a_change_is_seen_later(reader: Reader) -> None:
    """By a switch a change shows up in searches only after some time."""
    (case,) = reader.some(1)
    reader.clock.advance(timedelta(minutes=5))
    reader.stand_in.switches.visible_after = timedelta(minutes=1)
    reader.stand_in.advance(case, ReturnStatus.COMPLETE)
    statuses = []
    for _ in range(2):
        (row,) = reader.data(RETURNS, {})["return_orders"]
        statuses.append(row["return_status"])
        reader.clock.advance(timedelta(minutes=2))
    assert statuses == ["RETURN_OR_REFUND_REQUEST_PENDING", "RETURN_OR_REFUND_REQUEST_COMPLETE"]


def test_a_life_of_a_return(reader: Reader) -> None:
    """Two of three units go back with part of the shipping; each unit is a line, the total is the sum."""
    order = reader.stand_in.add_order([TikTokSale("MUG", "10.00", quantity=3)], shipping="4.99")
    case = reader.stand_in.add_return(order, 2, shipping="1.00", tax="1.60")
    reader.clock.advance(timedelta(days=2))
    reader.stand_in.advance(case, ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number="9400")
    reader.clock.advance(timedelta(days=3))
    reader.stand_in.advance(case, ReturnStatus.COMPLETE)
    (row,) = reader.data(RETURNS, {"order_ids": [order.order_id]})["return_orders"]
    assert row["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert row["update_time"] - row["create_time"] == 5 * 86400
    assert row["return_tracking_number"] == "9400"
    assert [line["order_line_item_id"] for line in row["return_line_items"]] == list(order.line_ids[:2])
    assert row["refund_amount"]["refund_total"] == "21.00"
    assert row["refund_amount"]["refund_subtotal"] == "20.00"
    assert [line["refund_amount"]["refund_total"] for line in row["return_line_items"]] == ["10.00"] * 2


def test_amounts_by_switch(reader: Reader) -> None:
    """Tax beside the subtotal, and shipping also in the lines, are switches."""
    order = reader.stand_in.add_order([MUG], shipping="2.00")
    case = reader.stand_in.add_return(order, refund_total="12.50", shipping="2.00", tax="0.50")
    reader.stand_in.switches.tax_beside_subtotal = True
    reader.stand_in.switches.shipping_also_in_lines = True
    row: dict[str, Any] = dict(reader.stand_in.row_of(case))
    assert row["refund_amount"]["refund_subtotal"] == "10.00"
    assert row["return_line_items"][0]["refund_amount"]["refund_total"] == "12.50"


def test_an_edit_makes_a_chain(reader: Reader) -> None:
    """The old request is cancelled and points to the new one, and back."""
    order = reader.stand_in.add_order([TikTokSale("MUG", "10.00", quantity=2)])
    old = reader.stand_in.add_return(order)
    new = reader.stand_in.edit(old, 1)
    rows = {row["return_id"]: row for row in reader.data(RETURNS, {})["return_orders"]}
    assert rows[old.return_id]["next_return_id"] == new.return_id
    assert rows[old.return_id]["return_status"] == "RETURN_OR_REFUND_REQUEST_CANCEL"
    assert rows[new.return_id]["pre_return_id"] == old.return_id


def test_a_change_without_a_trace(reader: Reader) -> None:
    """Amount and units may change while the update time stays."""
    order = reader.stand_in.add_order([TikTokSale("MUG", "10.00", quantity=2)])
    case = reader.stand_in.add_return(order, status=ReturnStatus.COMPLETE)
    reader.clock.advance(timedelta(hours=1))
    changed = reader.stand_in.advance(case, touch=False, paid=Paid("15.00"))
    assert (changed.updated_at, changed.status) == (case.updated_at, ReturnStatus.COMPLETE)
    fewer = reader.stand_in.change_units(case, 1)
    assert [unit.line_id for unit in fewer.units] == [case.units[0].line_id]


def test_fields_come_and_go(reader: Reader) -> None:
    """By switches decorations are missing and new fields appear, the same for the same row."""
    order = reader.stand_in.add_order([MUG])
    case = reader.stand_in.add_return(order, extra={"return_status": "NEWS"})
    plain = set(reader.stand_in.row_of(case))
    reader.stand_in.switches.drops_fields = reader.stand_in.switches.adds_fields = True
    odd = reader.stand_in.row_of(case)
    assert plain - set(odd)
    assert set(odd) - plain == {"new_field", "another_new_flag"}
    assert odd == reader.stand_in.row_of(case)
    assert odd["return_status"] == "NEWS"


def test_exchanges_in_the_old_version(reader: Reader) -> None:
    """By a switch the old version does not know exchanges."""
    order = reader.stand_in.add_order([MUG])
    reader.stand_in.add_return(order, type=ReturnType.EXCHANGE, status=ReturnStatus.EXCHANGE_PENDING)
    reader.stand_in.switches.exchanges_in_202309 = False
    counts = [
        reader.data(RETURNS.replace("202602", version), {})["total_count"] for version in ("202309", "202602")
    ]
    assert counts == [0, 1]


def test_each_shop_has_its_own(reader: Reader) -> None:
    """A shop's cipher shows that shop's cases and orders only."""
    other = reader.stand_in.add_shop("Second", "GB")
    reader.stand_in.login.shops.append(other)
    order = reader.stand_in.add_order([MUG], shop=other)
    reader.stand_in.add_return(order)
    counts = [reader.data(RETURNS, {}, shop)["total_count"] for shop in (reader.stand_in.shop, other)]
    assert counts == [0, 1]
    foreign = reader.ask("/order/202309/orders", ids=order.order_id)
    assert json.loads(foreign.body)["code"] == 21008111


def test_cancellations(reader: Reader) -> None:
    """A cancellation is searched like a return; cash on delivery has no amount."""
    paid = reader.stand_in.add_order([MUG], status="AWAITING_SHIPMENT")
    unpaid = reader.stand_in.add_order([MUG], cash_on_delivery=True)
    first = reader.stand_in.add_cancellation(paid, replenish=False)
    reader.stand_in.add_cancellation(unpaid)
    reader.stand_in.advance_cancellation(first, "CANCELLATION_REQUEST_COMPLETE")
    one, two = reader.data(CANCELLATIONS, {}, page_size="2")["cancellations"]
    assert (one["cancel_status"], one["refund_amount"]["refund_total"], one["should_replenish_stock"]) == (
        "CANCELLATION_REQUEST_COMPLETE",
        "10.00",
        False,
    )
    assert "refund_amount" not in two
    done = {"cancel_status": ["CANCELLATION_REQUEST_COMPLETE"]}
    assert reader.data(CANCELLATIONS, done)["total_count"] == 1


def test_a_complete_cancellation_cancels_its_units(reader: Reader) -> None:
    """The order itself is cancelled with its last unit; what is only asked for changes nothing."""
    stand_in = reader.stand_in
    order = stand_in.add_order([TikTokSale("MUG", "10.00", quantity=2)], status="AWAITING_SHIPMENT")
    seen = []
    first, second = (stand_in.add_cancellation(order, [unit]) for unit in order.line_ids)
    for case in (None, first, second):
        if case:
            stand_in.advance_cancellation(case, "CANCELLATION_REQUEST_COMPLETE")
        (row,) = reader.data("/order/202309/orders", ids=order.order_id)["orders"]
        seen.append([row["status"], *(item["display_status"] for item in row["line_items"])])
    assert seen == [
        ["AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "AWAITING_SHIPMENT"],
        ["AWAITING_SHIPMENT", "CANCELLED", "AWAITING_SHIPMENT"],
        ["CANCELLED", "CANCELLED", "CANCELLED"],
    ]


@pytest.mark.parametrize(
    ("first", "then", "cash_on_delivery", "paid"),
    [
        ("UNPAID", "AWAITING_SHIPMENT", False, [False, True]),
        ("UNPAID", "CANCELLED", False, [False, False]),
        ("AWAITING_SHIPMENT", "CANCELLED", False, [True, True]),
        ("AWAITING_SHIPMENT", "CANCELLED", True, [False, False]),
        ("AWAITING_SHIPMENT", "DELIVERED", True, [False, True]),
    ],
)
def test_when_an_order_is_paid(
    reader: Reader, first: str, then: str, *, cash_on_delivery: bool, paid: list[bool]
) -> None:
    """Cash on delivery when it is delivered, anything else before it is shipped."""
    order = reader.stand_in.add_order([MUG], status=first, cash_on_delivery=cash_on_delivery)
    seen = []
    for _ in range(2):
        (row,) = reader.data("/order/202309/orders", ids=order.order_id)["orders"]
        seen.append("paid_time" in row)
        reader.stand_in.set_order_status(order, then)
    assert seen == paid


@pytest.mark.parametrize(
    ("told", "events"), [(True, ["ORDER_RETURN", "REFUND_SUCCESS"]), (False, ["ORDER_RETURN"])]
)
def test_records(reader: Reader, told: bool, events: list[str]) -> None:
    """Whether a quick refund is among the records is a switch."""
    reader.stand_in.switches.quick_refund_has_record = told
    case = reader.stand_in.add_return(reader.stand_in.add_order([MUG]), quick_refund=True)
    data = reader.data(f"/return_refund/202309/returns/{case.return_id}/records")
    assert [record["event"] for record in data["records"]] == events


def test_orders(reader: Reader) -> None:
    """One entry per unit, amounts as texts, the status as it is now."""
    order = reader.stand_in.add_order(
        [
            TikTokSale("MUG", "10.00", quantity=2, platform_discount="1.00"),
            TikTokSale("GIFT", "0", gift=True),
        ],
        shipping="3.00",
        tax="1.00",
        status="AWAITING_SHIPMENT",
    )
    reader.stand_in.set_order_status(order, "DELIVERED")
    (row,) = reader.data("/order/202507/orders", ids=f"{order.order_id},1")["orders"]
    assert [item["seller_sku"] for item in row["line_items"]] == ["MUG", "MUG", "GIFT"]
    assert [item["original_price"] for item in row["line_items"]] == ["11.00", "11.00", "0.00"]
    assert (row["status"], row["payment"]["total_amount"]) == ("DELIVERED", "24.00")


@pytest.mark.parametrize("ids", ["", "x", ",".join(["1"] * 51)])
def test_wrong_order_ids(reader: Reader, ids: str) -> None:
    """None, too many, or no digits are refused."""
    assert json.loads(reader.ask("/order/202309/orders", ids=ids).body)["code"] == 10002014
