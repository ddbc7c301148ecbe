"""Who the stand-in TikTok Shop lets in."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.tiktok import Switches, TikTokStandIn
from syncd.sandbox.tiktok.switches import EmptyObject
from syncd.tiktok.sign import sign

SEARCH = "/return_refund/202309/returns/search"


@dataclass
class Visitor:
    """Makes requests by hand, so that each part can be wrong."""

    stand_in: TikTokStandIn
    clock: HandClock
    token: str = ""

    def refresh(self, refresh_token: str = "") -> Reply:
        """Ask the token service."""
        query = {
            "app_key": self.stand_in.app_key,
            "app_secret": self.stand_in.app_secret,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token or self.stand_in.login.refresh_token,
        }
        return self.stand_in.handle(Request("GET", "/api/v2/token/refresh", tuple(query.items())))

    def login(self) -> "Visitor":
        """Get a token."""
        self.token = str(content(self.refresh())["access_token"])
        return self

    def ask(
        self,
        path: str = SEARCH,
        *,
        method: str = "POST",
        body: bytes = b"",
        secret: str = "",
        signed_body: bytes | None = None,
        **query: str,
    ) -> Reply:
        """Ask with a right signature, unless told otherwise; an empty parameter is left out."""
        whole = {
            "app_key": self.stand_in.app_key,
            "timestamp": str(int(self.clock.now().timestamp())),
            "shop_cipher": self.stand_in.shop.cipher,
            **query,
        }
        whole = {name: value for name, value in whole.items() if value}
        signed = body if signed_body is None else signed_body
        whole["sign"] = sign(secret or self.stand_in.app_secret, path, whole, signed)
        headers = {"x-tts-access-token": self.token, "content-type": "application/json"}
        return self.stand_in.handle(Request(method, path, tuple(whole.items()), headers, body))


@pytest.fixture
def visitor() -> Visitor:
    clock = HandClock()
    return Visitor(TikTokStandIn(clock), clock)


def content(reply: Reply) -> dict[str, object]:
    data = json.loads(reply.body)["data"]
    assert isinstance(data, dict)
    return data


def code(reply: Reply) -> tuple[int, int]:
    return reply.status, int(json.loads(reply.body)["code"])


def test_a_right_request_is_let_in(visitor: Visitor) -> None:
    """With everything right the answer is a success, and the log says that it was carried out."""
    assert code(visitor.login().ask()) == (200, 0)
    call = visitor.stand_in.calls[-1]
    assert (call.operation, call.status, call.applied, call.write) == ("returns/search", 200, True, False)


@pytest.mark.parametrize(
    ("path", "method", "query", "expected"),
    [
        (SEARCH, "POST", {"secret": "wrong"}, (401, 106001)),
        (SEARCH, "POST", {"app_key": "wrong"}, (400, 36009004)),
        (SEARCH, "POST", {"timestamp": "soon"}, (400, 36009004)),
        (SEARCH, "POST", {"shop_cipher": ""}, (400, 106013)),
        (SEARCH, "POST", {"shop_cipher": "wrong"}, (400, 101000)),
        (SEARCH, "GET", {}, (405, 36009010)),
        (SEARCH.replace("202309", "202001"), "POST", {}, (400, 36009014)),
        ("/return_refund/202309/returns/1", "GET", {}, (404, 36009009)),
        ("/authorization/202309/shops", "GET", {}, (400, 36009004)),
    ],
)
def test_a_wrong_request_is_told_why(
    *, visitor: Visitor, path: str, method: str, query: dict[str, Any], expected: tuple[int, int]
) -> None:
    """Each fault has its code, and the log says that nothing was carried out."""
    assert code(visitor.login().ask(path, method=method, **query)) == expected
    assert not visitor.stand_in.calls[-1].applied


@pytest.mark.parametrize(("age", "let_in"), [(300, True), (301, False), (0, True), (-30, True), (-31, False)])
def test_the_time_window(visitor: Visitor, age: int, let_in: bool) -> None:
    """A timestamp may be five minutes old or half a minute ahead."""
    stamp = str(int(visitor.clock.now().timestamp()) - age)
    assert (code(visitor.login().ask(timestamp=stamp)) == (200, 0)) is let_in


def test_tokens_expire_and_are_revoked(visitor: Visitor) -> None:
    """Unknown, expired and revoked tokens have codes of their own."""
    assert code(visitor.ask()) == (400, 36009004)
    visitor.login()
    visitor.clock.advance(timedelta(days=7))
    assert code(visitor.ask()) == (401, 105002)
    visitor.stand_in.login.revoked = True
    assert code(visitor.ask()) == (401, 105001)


def test_scopes_are_needed(visitor: Visitor) -> None:
    """Without the scope the answer is 105005."""
    visitor.stand_in.login.scopes.clear()
    assert code(visitor.login().ask()) == (403, 105005)


@pytest.mark.parametrize(
    ("rule", "signed", "unsigned"),
    [
        (EmptyObject.EITHER, True, True),
        (EmptyObject.SIGNED, True, False),
        (EmptyObject.UNSIGNED, False, True),
    ],
)
def test_the_signature_of_an_empty_object(
    visitor: Visitor, rule: EmptyObject, signed: bool, unsigned: bool
) -> None:
    """Which signature of `{}` is right is a switch."""
    visitor.stand_in.switches.empty_object = rule
    visitor.login()
    assert (code(visitor.ask(body=b"{}"))[1] == 0) is signed
    assert (code(visitor.ask(body=b"{}", signed_body=b""))[1] == 0) is unsigned


def test_an_unsigned_request_is_told_so(visitor: Visitor) -> None:
    """Without a signature the answer is not that it is wrong, but that it is missing."""
    stamp = str(int(visitor.clock.now().timestamp()))
    query = (("app_key", visitor.stand_in.app_key), ("timestamp", stamp))
    reply = visitor.stand_in.handle(Request("POST", SEARCH, query))
    assert json.loads(reply.body)["message"] == "sign is required"


@pytest.mark.parametrize("body", [b"[]", b"{", b"update_time_ge=1"])
def test_a_body_must_be_an_object(visitor: Visitor, body: bytes) -> None:
    """Anything but a JSON object is a wrong format."""
    assert code(visitor.login().ask(body=body)) == (400, 36009021)


def test_records_of_an_unknown_return(visitor: Visitor) -> None:
    """Records need a return that exists."""
    reply = visitor.login().ask("/return_refund/202309/returns/1/records", method="GET")
    assert code(reply) == (400, 25001001)


def test_white_space_is_signed(visitor: Visitor) -> None:
    """The signature is over the bytes that came, not over what they mean."""
    body = b'{"update_time_ge": 1}'
    assert code(visitor.login().ask(body=body, signed_body=b'{"update_time_ge":1}')) == (401, 106001)
    assert code(visitor.ask(body=body)) == (200, 0)


def test_errors_may_all_come_with_200(visitor: Visitor) -> None:
    """By a switch every code comes with HTTP 200."""
    visitor.stand_in.switches.errors_with_200 = True
    assert code(visitor.ask()) == (200, 36009004)


@pytest.mark.parametrize(
    ("switches", "same_refresh", "old_works"),
    [
        (Switches(), False, False),
        (Switches(old_refresh_token_dies=False), False, True),
        (Switches(rotates_refresh_token=False), True, True),
    ],
)
def test_rotation(switches: Switches, same_refresh: bool, old_works: bool) -> None:
    """Whether a refresh token is replaced, and whether the old one dies, are switches."""
    clock = HandClock()
    visitor = Visitor(TikTokStandIn(clock, switches=switches), clock)
    old = visitor.stand_in.login.refresh_token
    answer = content(visitor.refresh(old))
    assert (answer["refresh_token"] == old) is same_refresh
    assert (code(visitor.refresh(old)) == (200, 0)) is old_works


def test_a_code_is_good_once_and_for_half_an_hour(visitor: Visitor) -> None:
    """A used or old code is 36004004."""

    def get(auth_code: str) -> tuple[int, int]:
        app = {"app_key": visitor.stand_in.app_key, "app_secret": visitor.stand_in.app_secret}
        query = {**app, "grant_type": "authorized_code", "auth_code": auth_code}
        return code(visitor.stand_in.handle(Request("GET", "/api/v2/token/get", tuple(query.items()))))

    first, second = (visitor.stand_in.accounts.code(visitor.stand_in.login) for _ in range(2))
    assert get(first) == (200, 0)
    assert get(first) == (200, 36004004)
    visitor.clock.advance(timedelta(minutes=30))
    assert get(second) == (200, 36004004)


def test_the_authorisation_ends(visitor: Visitor) -> None:
    """After a year the refresh token is too old, and a revoked login has no record."""
    visitor.stand_in.login.revoked = True
    assert code(visitor.refresh()) == (200, 36004005)
    visitor.stand_in.login.revoked = False
    visitor.clock.advance(timedelta(days=365))
    assert code(visitor.refresh()) == (200, 36004001)
