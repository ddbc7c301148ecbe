"""The stand-in shop at its door: tokens, scopes, versions, bad requests, the log, the wire."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind, Front, When
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.server import LoopbackServer
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn, Switches
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.replies import error_reply, status_reply, throttled
from tests.loopback import served

SCOPES = "{ currentAppInstallation { accessScopes { handle } } }"
WRONG = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


@pytest.fixture
def shop(clock: HandClock) -> ShopifyStandIn:
    return ShopifyStandIn(clock, client_id="id", client_secret="secret", static_token="static")


def grant(shop: ShopifyStandIn, **given: str) -> Reply:
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret", **given}
    body = "&".join(f"{name}={value}" for name, value in form.items() if value).encode()
    return shop.handle(Request("POST", "/admin/oauth/access_token", body=body))


def token(reply: Reply) -> str:
    return str(json.loads(reply.body)["access_token"])


def test_a_grant_gives_a_token(shop: ShopifyStandIn) -> None:
    """It names its scopes and lives for 86399 seconds."""
    shop.tokens.scopes = frozenset({"read_orders", "write_orders"})
    given = json.loads(grant(shop).body)
    assert (given["expires_in"], given["scope"]) == (86399, "read_orders,write_orders")
    handles = ask(shop, SCOPES, token=given["access_token"]).data["currentAppInstallation"]["accessScopes"]
    assert handles == [{"handle": "read_orders"}, {"handle": "write_orders"}]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"client_id": "other"}, "application_cannot_be_found"),
        ({"client_secret": "other"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
    ],
)
def test_refused_grants(shop: ShopifyStandIn, given: dict[str, str], code: str) -> None:
    """Refusals are HTML pages with status 400."""
    reply = grant(shop, **given)
    assert (reply.status, reply.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert f"Oauth error {code}: " in reply.body.decode()


@pytest.mark.parametrize(
    ("attribute", "code"), [("permitted", "shop_not_permitted"), ("installed", "app_not_installed")]
)
def test_apps_that_do_not_belong_here(shop: ShopifyStandIn, attribute: str, code: str) -> None:
    """Of another organisation, or not installed."""
    setattr(shop.tokens, attribute, False)
    assert f"Oauth error {code}: " in grant(shop).body.decode()


@pytest.mark.parametrize("bad", ["", "nonsense", "id", "secret"])
def test_a_wrong_token(shop: ShopifyStandIn, bad: str) -> None:
    """Status 401, `errors` is a text, and the request has an id all the same."""
    answer = ask(shop, SCOPES, token=bad)
    assert (answer.reply.status, answer.body) == (401, WRONG)
    assert answer.reply.headers["WWW-Authenticate"].startswith("Basic Realm=")
    assert answer.reply.headers["X-Request-Id"]


def test_tokens_expire(shop: ShopifyStandIn, clock: HandClock) -> None:
    """After their time they are like any wrong token; the static one stays good."""
    granted = token(grant(shop))
    clock.advance(86398)
    assert ask(shop, SCOPES, token=granted).reply.status == 200
    clock.advance(1)
    assert ask(shop, SCOPES, token=granted).reply.status == 401
    assert ask(shop, SCOPES).reply.status == 200


@pytest.mark.parametrize(("revokes", "status"), [(False, 200), (True, 401)])
def test_whether_a_grant_revokes_the_former(shop: ShopifyStandIn, revokes: bool, status: int) -> None:
    """It is a switch."""
    shop.switches.grant_revokes_former_token = revokes
    former = token(grant(shop))
    grant(shop)
    assert ask(shop, SCOPES, token=former).reply.status == status


def test_a_missing_scope_denies_its_field_only(clock: HandClock) -> None:
    """The field is null, the others have their values, and the error names the scope."""
    shop = ShopifyStandIn(clock, static_token="t", scopes=frozenset({"read_orders"}))
    order = shop.add_order([OrderLine("A")])
    query = "query($id: ID!) { order(id: $id) { name } return(id: $id) { id } }"
    answer = ask(shop, query, {"id": order.id})
    assert answer.body["data"] == {"order": {"name": "#1001"}, "return": None}
    assert answer.error == {
        "message": "Access denied for return field. Required access: `read_returns` access scope.",
        "locations": [{"line": 1, "column": 43}],
        "path": ["return"],
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": "`read_returns` access scope.",
        },
    }


def test_a_mutation_without_its_scope_does_nothing(clock: HandClock) -> None:
    """Denied before anything runs."""
    shop = ShopifyStandIn(clock, static_token="t", scopes=frozenset({"read_orders"}))
    order = shop.add_order([OrderLine("A")])
    document = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { node { id } } }'
    answer = ask(shop, document, {"id": order.id})
    assert (answer.error["extensions"]["code"], order.tags) == ("ACCESS_DENIED", [])


@pytest.mark.parametrize(
    ("asked", "answers", "seen"),
    [
        ("2026-10", "", "2026-10"),
        ("2026-07", "", "2026-07"),
        ("2024-01", "", "2026-01"),
        ("2026-10", "2026-07", "2026-07"),
    ],
)
def test_the_version_that_answers(clock: HandClock, asked: str, answers: str, seen: str) -> None:
    """Versions that are gone are answered by the oldest one; a switch makes any other answer."""
    shop = ShopifyStandIn(clock, static_token="t", switches=Switches(answers_version=answers))
    assert ask(shop, SCOPES, version=asked).reply.headers["X-Shopify-API-Version"] == seen


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(one["extensions"]["code"], one["message"]) for one in answer.body["errors"]]


def test_documents_are_checked_first(shop: ShopifyStandIn) -> None:
    """Unknown fields and arguments are errors without data; UserError has no code."""
    document = 'mutation { refundCreate(input: {orderId: "x"}) { userErrors { code } } }'
    assert errors(ask(shop, document)) == [
        ("undefinedField", "Field 'code' doesn't exist on type 'UserError'")
    ]
    document = 'mutation { refundCreate(input: {orderId: "x", userId: 1}) { userErrors { field } } }'
    assert [code for code, _ in errors(ask(shop, document))] == ["argumentNotAccepted"]
    assert [code for code, _ in errors(ask(shop, "{ shop {"))] == ["parseError"]


REFUND = """mutation Refund($input: RefundInput!) {
  refundCreate(input: $input) { refund { id } userErrors { field message } }
}"""


def test_unknown_input_fields(shop: ShopifyStandIn) -> None:
    """Recorded word by word: INVALID_VARIABLE with each problem."""
    given = {"orderId": "gid://shopify/Order/1", "pointOfSaleDeviceId": "9", "userId": 0}
    error = ask(shop, REFUND, {"input": given}).error
    assert error["message"] == (
        "Variable $input of type RefundInput! was provided invalid value for "
        "pointOfSaleDeviceId (Field is not defined on RefundInput), "
        "userId (Field is not defined on RefundInput)"
    )
    assert error["extensions"] == {
        "code": "INVALID_VARIABLE",
        "value": given,
        "problems": [
            {"path": ["pointOfSaleDeviceId"], "explanation": "Field is not defined on RefundInput"},
            {"path": ["userId"], "explanation": "Field is not defined on RefundInput"},
        ],
    }


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, ["orderId"]),
        ({"orderId": "x", "currency": "XXXX"}, ["currency"]),
        ({"orderId": "x", "processedAt": "yesterday"}, ["processedAt"]),
        ({"orderId": "x", "shipping": {"amount": "lots"}}, ["shipping", "amount"]),
        ({"orderId": "x", "refundLineItems": [{"lineItemId": "x"}]}, ["refundLineItems", 0, "quantity"]),
    ],
)
def test_wrong_variables(shop: ShopifyStandIn, given: dict[str, Any], path: list[str | int]) -> None:
    """Each is reported with its place."""
    problems = ask(shop, REFUND, {"input": given}).error["extensions"]["problems"]
    assert [one["path"] for one in problems] == [path]


def test_long_lists_are_refused(shop: ShopifyStandIn) -> None:
    """250 entries are the most."""
    lines = [{"lineItemId": "x", "quantity": 1}] * 251
    error = ask(shop, REFUND, {"input": {"orderId": "x", "refundLineItems": lines}}).error
    assert error["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_pages_need_a_size(shop: ShopifyStandIn) -> None:
    """A connection without first or last is refused."""
    answer = ask(shop, "{ orders { nodes { id } } }")
    assert answer.error["message"] == "you must provide one of first or last"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/admin/api/2026-10/graphql.json", b"", 404),
        ("POST", "/admin/api/2026-10/orders.json", b"{}", 404),
        ("POST", "/admin/api/2026-10/graphql.json", b"{", 400),
        ("POST", "/admin/api/2026-10/graphql.json", b'{"q": 1}', 400),
    ],
)
def test_requests_that_are_none(
    shop: ShopifyStandIn, *, method: str, path: str, body: bytes, status: int
) -> None:
    """Wrong paths and unreadable bodies."""
    headers = {"x-shopify-access-token": "static"}
    assert shop.handle(Request(method, path, headers=headers, body=body)).status == status


def test_standard_reasons(shop: ShopifyStandIn) -> None:
    """They are found by handle."""
    query = '{ returnReasonDefinitions(first: 5, handles: ["other-reason"]) { nodes { id name } } }'
    found = ask(shop, query).data["returnReasonDefinitions"]["nodes"]
    assert found == [{"id": "gid://shopify/ReturnReasonDefinition/5", "name": "Other reason"}]


def test_the_log(shop: ShopifyStandIn) -> None:
    """Each request is logged with its operation, and writes are told from reads."""
    grant(shop)
    order = shop.add_order([OrderLine("A")])
    ask(shop, "query($id: ID!) { found: order(id: $id) { id } }", {"id": order.id})
    ask(shop, 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { node { id } } }', {"id": order.id})
    seen = [(one.operation, one.status, one.write, one.applied) for one in shop.calls]
    assert seen == [
        ("token", 200, False, True),
        ("order", 200, False, True),
        ("tagsAdd", 200, True, True),
    ]
    assert len({one.request_id for one in shop.calls}) == 3
    assert [one.operation for one in shop.writes()] == ["tagsAdd"]


@pytest.fixture
async def server(shop: ShopifyStandIn) -> AsyncIterator[LoopbackServer]:
    async with served(shop) as server:
        yield server


async def test_an_answer_lost_after_the_refund(server: LoopbackServer, shop: ShopifyStandIn) -> None:
    """Over the wire: the connection breaks, the refund is there, and its key finds it again."""
    order = shop.add_order([OrderLine("A")])
    paid = {"orderId": order.id, "kind": "REFUND", "gateway": "x", "parentId": order.transactions[0].id}
    given = {"orderId": order.id, "transactions": [{**paid, "amount": "5.00"}]}
    document = REFUND.replace("(input: $input)", '(input: $input) @idempotent(key: "k")')
    server.front.faults.add(Fault(FaultKind.RESET, operation="refundCreate", when=When.AFTER))
    server.front.faults.once_before("refundCreate", lambda: order.tags.append("between"))
    async with httpx.AsyncClient(base_url=server.url, headers={"X-Shopify-Access-Token": "static"}) as client:
        body = {"query": document, "variables": {"input": given}}
        with pytest.raises(httpx.ReadError):
            await client.post("/admin/api/2026-10/graphql.json", json=body)
        again = (await client.post("/admin/api/2026-10/graphql.json", json=body)).json()
    assert again["data"]["refundCreate"]["refund"] == {"id": order.refunds[0].id}
    assert (len(order.refunds), order.tags) == (1, ["between"])
    assert [one.applied for one in shop.writes("refundCreate")] == [True, False]


def test_customer_data_needs_approval(shop: ShopifyStandIn) -> None:
    """Without the declaration orders are denied although the scope was granted."""
    order = shop.add_order([OrderLine("A")])
    shop.switches.customer_data_approved = False
    error = ask(shop, "query($id: ID!) { order(id: $id) { id } }", {"id": order.id}).error
    assert error["extensions"] == {"code": "ACCESS_DENIED"}
    assert error["message"] == "This app is not approved to access the Order object."


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (throttled(), 200, "THROTTLED"),
        (error_reply("SHOP_INACTIVE", "closed"), 200, "SHOP_INACTIVE"),
        (status_reply(423, "Locked"), 423, None),
    ],
)
def test_ready_replies(shop: ShopifyStandIn, reply: Reply, status: int, code: str | None) -> None:
    """A reply that stands in for the real one is sent as it is."""
    front = Front(shop)
    front.faults.add(Fault(FaultKind.REPLY, reply=reply))
    seen = front.exchange(Request("POST", "/admin/api/2026-10/graphql.json")).reply
    errors_ = json.loads(seen.body)["errors"]
    assert seen.status == status
    assert (errors_[0]["extensions"]["code"] if isinstance(errors_, list) else None) == code


def test_a_refund_that_comes_late(shop: ShopifyStandIn, clock: HandClock) -> None:
    """The client saw a break and finds nothing; half a minute later the refund is there."""
    order = shop.add_order([OrderLine("A")])
    front = Front(shop)
    front.faults.add(Fault(FaultKind.CLOSE, operation="refundCreate", when=When.LATE, seconds=30))
    paid = {"orderId": order.id, "kind": "REFUND", "gateway": "x", "parentId": order.transactions[0].id}
    given = {"input": {"orderId": order.id, "transactions": [{**paid, "amount": "5.00"}]}}
    document = REFUND.replace("(input: $input)", '(input: $input) @idempotent(key: "k")')
    body = json.dumps({"query": document, "variables": given}).encode()
    sent = {"x-shopify-access-token": "static"}
    front.exchange(Request("POST", "/admin/api/2026-10/graphql.json", headers=sent, body=body))
    assert order.refunds == []
    clock.advance(30)
    front.settle()
    assert [one.total_refunded for one in order.refunds] == [500]
