"""The client of one TikTok Shop. It reads, and has no way to write."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

import httpx

from syncd.calls import OnCall, unheard
from syncd.clock import Clock
from syncd.errors import AnswerUnreadable, CredentialsRefused, RequestRefused
from syncd.model.cases import Kind, Status
from syncd.model.orders import TikTokOrder
from syncd.model.tokens import Memory
from syncd.tiktok.caller import Caller, Read
from syncd.tiktok.envelope import Envelope
from syncd.tiktok.retry import Jitter
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens
from syncd.tiktok.wire import Row, order_from

PAGE_SIZE = 50
"""The largest page (TikTok Shop: Search Returns, Search Cancellations)."""
MOST_ORDERS = 50
"""The most orders in one request (TikTok Shop: Get Order Detail)."""
_RETURNS = "seller.return_refund.basic"
_ORDERS = "seller.order.info"
_SHOPS = "seller.authorization.info"
_REPLACED_CIPHER = "101000"


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """Which cases; times to the second, `from` inclusive, `before` exclusive, empty means any."""

    operation: ClassVar[str]
    answer_list: ClassVar[str]
    id_list: ClassVar[str]
    status_list: ClassVar[str]
    updated_from: datetime | None = None
    updated_before: datetime | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    statuses: tuple[Status, ...] = ()
    ids: tuple[str, ...] = ()
    order_ids: tuple[str, ...] = ()

    def body(self) -> bytes:
        """The request's body, the same bytes for every page; nothing at all where nothing is asked for."""
        times = {
            "update_time_ge": self.updated_from,
            "update_time_lt": self.updated_before,
            "create_time_ge": self.created_from,
            "create_time_lt": self.created_before,
        }
        lists: dict[str, Sequence[str]] = {
            self.status_list: [status.value for status in self.statuses],
            self.id_list: self.ids,
            "order_ids": self.order_ids,
        }
        seconds = {name: int(time.timestamp()) for name, time in times.items() if time}
        asked = {**seconds, **{name: values for name, values in lists.items() if values}}
        return json.dumps(asked, separators=(",", ":")).encode() if asked else b""


class ReturnFilters(CaseFilters):
    """Which returns."""

    __slots__ = ()
    operation = "returns/search"
    answer_list = "return_orders"
    id_list = "return_ids"
    status_list = "return_status"


class CancellationFilters(CaseFilters):
    """Which cancellations."""

    __slots__ = ()
    operation = "cancellations/search"
    answer_list = "cancellations"
    id_list = "cancel_ids"
    status_list = "cancel_status"


FILTERS: Mapping[Kind, type[CaseFilters]] = {
    Kind.RETURN: ReturnFilters,
    Kind.CANCELLATION: CancellationFilters,
}
"""How to ask for each kind of case."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of raw rows; `next_page_token` is empty at the end, `total_count` None where not told."""

    rows: tuple[Row, ...]
    next_page_token: str
    total_count: int | None
    request_id: str


@dataclass(frozen=True, slots=True)
class AuthorisedShop:
    """A shop that the login may act for. `region` is a country, `cipher` names the shop in requests."""

    id: str
    name: str
    region: str
    cipher: str
    code: str


class TikTokClient:
    """Reads one shop. Every method raises ApiError where TikTok gave no answer that can be used."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: TikTokSettings,
        tokens: TikTokTokens,
        memory: Memory,
        clock: Clock,
        *,
        jitter: Jitter = random.random,
        on_call: OnCall = unheard,
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._memory = memory
        self._caller = Caller(http, settings, tokens, clock, jitter=jitter, on_call=on_call)

    async def search(self, filters: CaseFilters, page_token: str = "") -> Page:
        """One page, by update time, oldest first (TikTok Shop: Search Returns, Search Cancellations).

        The page tokens of a search end with it: one that is refused is AnswerUnreadable.
        """
        query = {"sort_field": "update_time", "sort_order": "ASC", "page_size": str(PAGE_SIZE)}
        if page_token:
            query["page_token"] = page_token
        path = f"/return_refund/{self._settings.version}/{filters.operation}"
        read = Read(filters.operation, "POST", path, _RETURNS, query, filters.body())
        try:
            return _page(await self._of_shop(read), filters)
        except RequestRefused as error:
            if not page_token:
                raise
            raise AnswerUnreadable(
                error.what,
                api="tiktok",
                operation=error.operation,
                code=error.code,
                request_id=error.request_id,
            ) from error

    async def orders(self, ids: Sequence[str]) -> tuple[TikTokOrder, ...]:
        """The orders with these ids, at most 50, but for unknown ones (TikTok Shop: Get Order Detail)."""
        if len(ids) > MOST_ORDERS:
            raise ValueError(f"{len(ids)} orders in one request, of at most {MOST_ORDERS}")
        if not ids:
            return ()
        read = Read("orders", "GET", "/order/202309/orders", _ORDERS, {"ids": ",".join(ids)})
        return tuple(order_from(row) for row in _rows(await self._of_shop(read), "orders", "orders"))

    async def shops(self) -> tuple[AuthorisedShop, ...]:
        """The shops of this login (TikTok Shop: Get Authorized Shops)."""
        read = Read("shops", "GET", "/authorization/202309/shops", _SHOPS)
        rows = _rows(await self._caller.read(read), "shops", "shops")
        return tuple(AuthorisedShop(*(_text(row.get(name)) for name in _SHOP_FIELDS)) for row in rows)

    async def cipher(self) -> str:
        """What names the shop in requests: as configured, or that of the only shop of the login.

        Raises:
            CredentialsRefused: The login is for no shop or for several.
        """
        if self._settings.shop_cipher:
            return self._settings.shop_cipher
        if known := self._memory.get(self._cipher_key):
            return known
        found = self._only(await self.shops())
        self._memory.put(self._cipher_key, found.cipher)
        return found.cipher

    async def _of_shop(self, read: Read) -> Envelope:
        cipher = await self.cipher()
        try:
            return await self._caller.read(replace(read, query={**read.query, "shop_cipher": cipher}))
        except CredentialsRefused as error:
            if error.code == _REPLACED_CIPHER and not self._settings.shop_cipher:
                self._memory.put(self._cipher_key, "")
            raise

    @property
    def _cipher_key(self) -> str:
        return f"tiktok-cipher:{self._settings.shop}:{self._tokens.key}"

    def _only(self, shops: Sequence[AuthorisedShop]) -> AuthorisedShop:
        usable = [shop for shop in shops if shop.cipher]
        if len(usable) == 1:
            return usable[0]
        choices = ", ".join(f"{shop.name} {shop.region} ({shop.cipher})" for shop in usable)
        raise CredentialsRefused(
            f"the login is for {len(usable)} shops: {choices}" if usable else "the login is for no shop",
            api="tiktok",
            operation="shops",
            hint=f"set shop_cipher in [shops.{self._settings.shop}.tiktok]"
            if usable
            else self._settings.login_hint,
        )


_SHOP_FIELDS = ("id", "name", "region", "cipher", "code")


def _page(envelope: Envelope, filters: CaseFilters) -> Page:
    data = envelope.data or {}
    token = data.get("next_page_token") or ""
    total = data.get("total_count")
    if not isinstance(token, str):
        raise _unreadable(filters.operation, "the next page token is no text", envelope)
    return Page(
        rows=_rows(envelope, filters.answer_list, filters.operation),
        next_page_token=token,
        total_count=total if type(total) is int else None,
        request_id=envelope.request_id,
    )


def _rows(envelope: Envelope, name: str, operation: str) -> tuple[Row, ...]:
    """The list under that name; TikTok leaves it out where it is empty."""
    rows = (envelope.data or {}).get(name)
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _unreadable(operation, f"{name} is no list of objects", envelope)
    return tuple(rows)


def _unreadable(operation: str, what: str, envelope: Envelope) -> AnswerUnreadable:
    return AnswerUnreadable(what, api="tiktok", operation=operation, request_id=envelope.request_id)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
