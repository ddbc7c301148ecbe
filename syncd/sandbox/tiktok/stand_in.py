"""The stand-in itself: which request goes where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from syncd.clock import Clock
from syncd.model.cases import ReturnType
from syncd.sandbox.http import Call, Reply, Request, json_reply
from syncd.sandbox.tiktok import gate
from syncd.sandbox.tiktok.accounts import Accounts, Login
from syncd.sandbox.tiktok.market import Market
from syncd.sandbox.tiktok.rows import Json, Rows
from syncd.sandbox.tiktok.search import Resource, search
from syncd.sandbox.tiktok.switches import Switches
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxOrder, SandboxReturn, SandboxShop
from syncd.sandbox.tiktok.wrong import Wrong, WrongRequest, status_of, wrong_reply

_MOST_ORDERS = 50
_RETURNS: Resource[SandboxReturn] = Resource(
    {
        "return_ids": lambda case: case.return_id,
        "order_ids": lambda case: case.order.order_id,
        "return_types": lambda case: str(case.type),
        "return_status": lambda case: str(case.status),
        "arbitration_status": lambda case: case.arbitration,
    },
    smallest_page=10,
)
_CANCELLATIONS: Resource[SandboxCancellation] = Resource(
    {
        "cancel_ids": lambda case: case.cancel_id,
        "order_ids": lambda case: case.order.order_id,
        "cancel_types": lambda case: case.type,
        "cancel_status": lambda case: case.status,
    },
    smallest_page=1,
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was let in. `shop` is the one that its cipher names."""

    request: Request
    login: Login
    version: str
    shop: SandboxShop | None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Route:
    operation: str
    method: str
    pattern: re.Pattern[str]
    versions: frozenset[str]
    scope: str
    answer: Callable[[_Asked], Json]
    of_shop: bool = True


class TikTokStandIn(Market):
    """A TikTok Shop with one shop, one app and one login that is ready for use.

    `app_key`, `app_secret`, `login.refresh_token` and `shop.cipher` are what a client needs. The API and the
    token service answer under the same address.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        app_key: str = "6standin",
        app_secret: str = "0123456789abcdef0123456789abcdef01234567",  # noqa: S107 - made up
        switches: Switches | None = None,
        region: str = "US",
        seed: int = 0,
    ) -> None:
        super().__init__(clock, region=region)
        self.app_key = app_key
        self.app_secret = app_secret
        self.switches = switches or Switches()
        self.calls: list[Call] = []
        self.accounts = Accounts(clock, app_key, app_secret, self.switches)
        self.login = self.accounts.authorise(
            [self.shop], {"seller.return_refund.basic", "seller.order.info", "seller.authorization.info"}
        )
        self._rows = Rows(self.switches, seed)
        self._routes = self._table()

    def row_of(self, thing: SandboxReturn | SandboxCancellation | SandboxOrder) -> Json:
        """The row that is sent for it."""
        match thing:
            case SandboxReturn():
                return self._rows.of_return(thing)
            case SandboxCancellation():
                return self._rows.of_cancellation(thing)
            case SandboxOrder():
                return self._rows.of_order(thing)

    def operation_of(self, request: Request) -> str:
        """The name of the endpoint, such as `returns/search`, or the path where there is none."""
        if request.path.startswith("/api/v2/token/"):
            return request.path.removeprefix("/api/v2/")
        return next((r.operation for r in self._routes if r.pattern.fullmatch(request.path)), request.path)

    def handle(self, request: Request) -> Reply:
        """Answer a request as TikTok would."""
        operation = self.operation_of(request)
        now = self.clock.now()
        request_id = f"{now:%Y%m%d%H%M%S}{len(self.calls) + 1:06d}"
        reply, applied = self._reply(request, request_id)
        self.calls.append(Call(operation, request_id, now, reply.status, applied=applied))
        return reply

    def _reply(self, request: Request, request_id: str) -> tuple[Reply, bool]:
        try:
            data = self._token_service(request) or self._endpoint(request)
        except WrongRequest as wrong:
            status = 200 if self.switches.errors_with_200 else status_of(wrong.code)
            return wrong_reply(wrong.code, wrong.message, status=status, request_id=request_id), False
        envelope = {"code": 0, "message": "Success", "data": data, "request_id": request_id}
        return json_reply(envelope), True

    def _token_service(self, request: Request) -> Json | None:
        match request.path:
            case "/api/v2/token/get":
                return self.accounts.exchange(request)
            case "/api/v2/token/refresh":
                return self.accounts.refresh(request)
            case _:
                return None

    def _endpoint(self, request: Request) -> Json:
        for route in self._routes:
            if found := route.pattern.fullmatch(request.path):
                return route.answer(self._let_in(request, route, found.groupdict()))
        raise WrongRequest(Wrong.PATH, "path is not found")

    def _let_in(self, request: Request, route: _Route, words: Mapping[str, str]) -> _Asked:
        if words["version"] not in route.versions:
            raise WrongRequest(Wrong.VERSION, "Invalid API version")
        if request.method != route.method:
            raise WrongRequest(Wrong.METHOD, "method is not allowed")
        gate.check_app(request, self.app_key)
        gate.check_time(request, self.clock.now())
        gate.check_signature(request, self.app_secret, self.switches.empty_object)
        login = self.accounts.login_of(request.headers.get("x-tts-access-token", ""))
        gate.check_scope(login, route.scope)
        shop = gate.shop_of(request, login, wanted=route.of_shop)
        return _Asked(request, login, words["version"], shop, words)

    def _table(self) -> tuple[_Route, ...]:
        returns, search_versions = "seller.return_refund.basic", ("202309", "202602")
        return (
            _route(
                "shops",
                "GET /authorization/{v}/shops",
                self._shops,
                versions=("202309",),
                scope="seller.authorization.info",
            ),
            _route(
                "returns/search",
                "POST /return_refund/{v}/returns/search",
                self._returns,
                versions=search_versions,
                scope=returns,
            ),
            _route(
                "cancellations/search",
                "POST /return_refund/{v}/cancellations/search",
                self._cancellations,
                versions=search_versions,
                scope=returns,
            ),
            _route(
                "returns/records",
                "GET /return_refund/{v}/returns/(?P<id>[^/]+)/records",
                self._records,
                versions=("202309",),
                scope=returns,
            ),
            _route(
                "orders",
                "GET /order/{v}/orders",
                self._orders,
                versions=("202309", "202507"),
                scope="seller.order.info",
            ),
        )

    def _shops(self, asked: _Asked) -> Json:
        return {"shops": [self._rows.of_shop(shop) for shop in asked.login.shops]}

    def _returns(self, asked: _Asked) -> Json:
        hidden = asked.version == "202309" and not self.switches.exchanges_in_202309
        seen = [
            case
            for case in self.returns.seen_at(self.clock.now() - self.switches.visible_after)
            if case.order.shop == asked.shop and not (hidden and case.type == ReturnType.EXCHANGE)
        ]
        found = search(asked.request, _RETURNS, seen, self.clock.now(), self.switches)
        rows = [self._rows.of_return(case) for case in found.rows]
        if self.switches.rows_move_between_pages and found.next_page_token:
            self.advance(found.rows[0])
        return self._page("return_orders", rows, found.total, found.next_page_token)

    def _cancellations(self, asked: _Asked) -> Json:
        at = self.clock.now() - self.switches.visible_after
        seen = [case for case in self.cancellations.seen_at(at) if case.order.shop == asked.shop]
        found = search(asked.request, _CANCELLATIONS, seen, self.clock.now(), self.switches)
        rows = [self._rows.of_cancellation(case) for case in found.rows]
        return self._page("cancellations", rows, found.total, found.next_page_token)

    def _page(self, name: str, rows: list[Json], total: int, token: str) -> Json:
        page: Json = {name: rows} if rows else {}
        page["total_count"] = total
        if token or self.switches.last_page_has_token_key:
            page["next_page_token"] = token
        return page

    def _records(self, asked: _Asked) -> Json:
        try:
            case = self.returns.latest(asked.words["id"])
        except KeyError:
            raise WrongRequest(Wrong.SEARCH_PARAMETER, "return_id is invalid") from None
        return {"records": self._rows.of_record(case)}

    def _orders(self, asked: _Asked) -> Json:
        values = [value for name, value in asked.request.query if name == "ids"]
        ids = [one for value in values for one in value.split(",")]
        if not 1 <= len(ids) <= _MOST_ORDERS or not all(one.isdecimal() for one in ids):
            raise WrongRequest(Wrong.ORDER_ID, "ids is invalid")
        found = [self.orders[one] for one in dict.fromkeys(ids) if one in self.orders]
        if any(order.shop != asked.shop for order in found):
            raise WrongRequest(Wrong.FOREIGN_ORDER, "the order does not belong to the shop")
        return {"orders": [self._rows.of_order(order) for order in found]}


def _route(
    operation: str,
    request: str,
    answer: Callable[[_Asked], Json],
    *,
    versions: tuple[str, ...],
    scope: str,
) -> _Route:
    method, path = request.split()
    pattern = re.compile(path.replace("{v}", r"(?P<version>\d{6})"))
    return _Route(
        operation, method, pattern, frozenset(versions), scope, answer, of_shop=operation != "shops"
    )
