"""The search for orders: what it finds, what it ignores, and how it says so."""

from datetime import timedelta
from typing import Any

import pytest

from syncd.sandbox.clock import START, HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import Answer, ask
from syncd.sandbox.shopify.search_query import parse

FIND = "query($q: String) { orders(first: 9, query: $q) { nodes { name } } }"
TIKTOK = "577012345678901234"
DEBUG = {"shopify-search-query-debug": "1"}


@pytest.fixture
def shop(clock: HandClock) -> ShopifyStandIn:
    shop = ShopifyStandIn(clock, static_token="token", time_zone="UTC")
    lines = [OrderLine("SKU-1")]
    shop.add_order(
        lines, name="#1", tiktok_order_id=TIKTOK, tags=["gift"], created_at=START - timedelta(days=3)
    )
    shop.add_order(lines, name="TT-9", source_identifier="S9", po_number="P9", note=f"TikTok {TIKTOK}")
    shop.add_order([OrderLine("B")], name="#3", paid=False, archived=True, email="a@example.com")
    return shop


def find(shop: ShopifyStandIn, query: str | None, **options: Any) -> Answer:
    return ask(shop, FIND, {"q": query}, **options)


def names(answer: Answer) -> list[str]:
    return [one["name"] for one in answer.data["orders"]["nodes"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (None, ["#1", "TT-9", "#3"]),
        (f"tag:'TikTokOrderID:{TIKTOK}'", ["#1"]),
        (f'tag:"tiktokorderid:{TIKTOK}"', ["#1"]),
        ("tag:'TikTokOrderID'", []),
        ("tag_not:gift", ["TT-9", "#3"]),
        ("name:1", ["#1"]),
        ("name:'#1'", ["#1"]),
        ("name:'TT-9'", ["TT-9"]),
        ("name:TT", []),
        ("source_identifier:S9 po_number:P9", ["TT-9"]),
        ("sku:B OR name:1", ["#1", "#3"]),
        ("-sku:B", ["#1", "TT-9"]),
        ("NOT (sku:B OR name:1)", ["TT-9"]),
        ("financial_status:paid", ["#1", "TT-9"]),
        ("status:closed", ["#3"]),
        ("status:open sku:'SKU-1'", ["#1", "TT-9"]),
        ("created_at:>='2026-11-01T00:00:00Z'", ["TT-9", "#3"]),
        ("created_at:<'2026-11-01'", ["#1"]),
        (TIKTOK, ["#1"]),
        ("a@example.com", ["#3"]),
    ],
)
def test_what_is_found(shop: ShopifyStandIn, query: str | None, found: list[str]) -> None:
    """Filters are exact, case does not matter, terms side by side must all hold."""
    answer = find(shop, query)
    assert names(answer) == found
    assert "search" not in answer.body["extensions"]


def test_an_unknown_field_is_ignored_and_warned_about(shop: ShopifyStandIn) -> None:
    """The rest of the query still counts; the warning stands beside the data."""
    answer = find(shop, "notafield:x tag:gift")
    assert names(answer) == ["#1"]
    assert answer.body["extensions"]["search"] == [
        {
            "path": ["orders"],
            "query": "notafield:x tag:gift",
            "parsed": {
                "and": [
                    {"field": "notafield", "match_all": "x"},
                    {"field": "tag", "match_all": "gift"},
                ]
            },
            "warnings": [
                {
                    "field": "notafield",
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            ],
        }
    ]


def test_a_lone_unknown_field_finds_everything(shop: ShopifyStandIn) -> None:
    """`note` cannot be searched: every order comes back."""
    assert names(find(shop, "note:x")) == ["#1", "TT-9", "#3"]


def test_an_unknown_value_finds_nothing(shop: ShopifyStandIn) -> None:
    """The warning has the code invalid_value."""
    answer = find(shop, "status:EXPIRED")
    assert names(answer) == []
    (note,) = answer.body["extensions"]["search"]
    assert note["warnings"] == [
        {"field": "status", "message": "Input `EXPIRED` is not an accepted value.", "code": "invalid_value"}
    ]


def test_an_unquoted_time_is_split_at_its_colons(shop: ShopifyStandIn) -> None:
    """A stray field 00 appears in the warnings."""
    (note,) = find(shop, "updated_at:>=2026-01-01T00:00:00Z").body["extensions"]["search"]
    assert [one["field"] for one in note["warnings"]] == ["00"]


@pytest.mark.parametrize(("headers", "shown"), [({}, False), (DEBUG, True)])
def test_warnings_may_need_the_header(shop: ShopifyStandIn, headers: dict[str, str], shown: bool) -> None:
    """With the switch they come only with Shopify-Search-Query-Debug."""
    shop.switches.warnings_need_debug_header = True
    assert ("search" in find(shop, "nope:1", headers=headers).body["extensions"]) == shown


def test_the_path_is_the_alias(shop: ShopifyStandIn) -> None:
    """Of several searches in one request, each warning names its own."""
    query = """{
      a: orders(first: 1, query: "tag:gift") { nodes { id } }
      b: orders(first: 1, query: "x:1") { nodes { id } }
    }"""
    assert [one["path"] for one in ask(shop, query).body["extensions"]["search"]] == [["b"]]


@pytest.mark.parametrize(("covers", "found"), [(False, ["#1"]), (True, ["#1", "TT-9"])])
def test_plain_text_and_notes(shop: ShopifyStandIn, covers: bool, found: list[str]) -> None:
    """Whether plain text covers notes is a switch."""
    shop.switches.default_text_covers_note = covers
    assert names(find(shop, TIKTOK)) == found


@pytest.mark.parametrize(("covers", "found"), [(False, []), (True, ["#4"])])
def test_plain_text_and_additional_details(shop: ShopifyStandIn, covers: bool, found: list[str]) -> None:
    """And so is whether it covers additional details."""
    shop.add_order([OrderLine("A")], name="#4", custom_attributes={"TikTok": "577000000000000009"})
    shop.switches.default_text_covers_attributes = covers
    assert names(find(shop, "577000000000000009")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name:TT", ["TT-9"]),
        ("source_identifier:S", ["TT-9"]),
        ("tag:tiktokorder", ["#1"]),
        ("metafields.abc.de:57", ["#4"]),
        ("sku:SKU", []),
    ],
)
def test_partial_matches(shop: ShopifyStandIn, query: str, found: list[str]) -> None:
    """Whether a part of a value is enough is a switch."""
    shop.world.filterable_metafields.add("abc.de")
    shop.add_order([OrderLine("A")], name="#4", metafields={"abc.de": "577"})
    shop.switches.search_is_partial = True
    assert names(find(shop, query)) == found


def test_metafields_need_a_filterable_definition(shop: ShopifyStandIn) -> None:
    """Without it the filter is an unknown field."""
    order = shop.orders[0]
    field = "metafields.tiktok.order_id"
    owned = {"ownerId": order.id, "namespace": "tiktok", "key": "order_id", "value": "7"}
    document = (
        "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { code } } }"
    )
    ask(shop, document, {"m": [{**owned, "type": "single_line_text_field"}]})
    assert len(names(find(shop, f"{field}:7"))) == 3
    shop.world.filterable_metafields.add("tiktok.order_id")
    assert names(find(shop, f"{field}:7")) == ["#1"]


def test_the_index_lags_behind(shop: ShopifyStandIn, clock: HandClock) -> None:
    """A new tag is on the order at once, and in the search only after the lag."""
    shop.switches.search_lag_seconds = 30
    assert names(find(shop, "tag:gift")) == []
    clock.advance(30)
    assert names(find(shop, "tag:gift")) == ["#1"]
    document = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["late"]) { node { id } } }'
    ask(shop, document, {"id": shop.orders[1].id})
    assert names(find(shop, "tag:late")) == []
    clock.advance(30)
    assert names(find(shop, "tag:late")) == ["TT-9"]


def test_old_orders_need_their_scope(clock: HandClock) -> None:
    """Orders older than 60 days are neither listed nor readable without read_all_orders."""
    shop = ShopifyStandIn(clock, static_token="t", scopes=frozenset({"read_orders"}))
    old = shop.add_order([OrderLine("A")], created_at=START - timedelta(days=61))
    query = "query($id: ID!) { order(id: $id) { id } }"
    assert (names(find(shop, None)), ask(shop, query, {"id": old.id}).data) == ([], {"order": None})
    shop.switches.sixty_day_limit = False
    assert ask(shop, query, {"id": old.id}).data == {"order": {"id": old.id}}


@pytest.mark.parametrize("query", ["", " ", "()", "AND", "OR"])
def test_a_query_may_say_nothing(query: str) -> None:
    """Then there is nothing to search by."""
    assert parse(query) is None
