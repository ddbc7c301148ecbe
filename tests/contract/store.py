"""A stand-in shop behind a real socket, asked as a Shopify store is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from syncd.sandbox.clock import HandClock
from syncd.sandbox.server import LoopbackServer, in_background
from syncd.sandbox.shopify import ShopifyStandIn
from syncd.sandbox.shopify.switches import VERSION

Json = dict[str, Any]


class Store:
    """What the shop holds is in `shop`; `ask` sends one document over HTTP."""

    def __init__(self, shop: ShopifyStandIn, clock: HandClock, http: httpx.Client) -> None:
        self.shop = shop
        self.clock = clock
        self._http = http

    def ask(self, document: str, version: str = VERSION, **variables: Any) -> Json:
        """The whole body of the answer, without its costs."""
        sent = {"query": document, "variables": variables}
        reply = self._http.post(f"/admin/api/{version}/graphql.json", json=sent)
        assert reply.status_code == httpx.codes.OK
        body: Json = reply.json()
        extensions = body.get("extensions", {})
        extensions.pop("cost", None)
        return body if extensions else {name: one for name, one in body.items() if name != "extensions"}

    def payload(self, document: str, **variables: Any) -> Json:
        """The one root field of an answer without errors beside its data."""
        body = self.ask(document, **variables)
        assert body.keys() == {"data"}, body
        [payload] = body["data"].values()
        found: Json = payload
        return found


@contextmanager
def open_store(currency: str) -> Iterator[Store]:
    """A store without orders."""
    clock = HandClock()
    shop = ShopifyStandIn(clock, static_token="token", currency=currency)
    server = LoopbackServer(shop)
    with (
        in_background(server),
        httpx.Client(
            base_url=server.url, headers={"X-Shopify-Access-Token": "token"}, trust_env=False
        ) as http,
    ):
        yield Store(shop, clock, http)
