"""Asks a stand-in shop without sockets, as a client with a valid token would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncd.sandbox.http import Reply, Request
from syncd.sandbox.shopify.stand_in import ShopifyStandIn
from syncd.sandbox.shopify.switches import VERSION


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its body read."""

    reply: Reply
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The data, when there are no errors beside it."""
        if "errors" in self.body:
            raise ValueError(f"not only data: {self.body['errors']}")
        data: dict[str, Any] = self.body["data"]
        return data

    @property
    def error(self) -> dict[str, Any]:
        """The one error beside the data."""
        (error,) = self.body["errors"]
        found: dict[str, Any] = error
        return found

    @property
    def cost(self) -> dict[str, Any]:
        """`extensions.cost`."""
        cost: dict[str, Any] = self.body["extensions"]["cost"]
        return cost


def ask(
    shop: ShopifyStandIn,
    query: str,
    variables: Mapping[str, Any] | None = None,
    *,
    token: str | None = None,
    version: str = VERSION,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one document; `token` is the shop's static token unless given, header names are lower-case."""
    sent = {"x-shopify-access-token": shop.tokens.static_token if token is None else token, **(headers or {})}
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    reply = shop.handle(Request("POST", f"/admin/api/{version}/graphql.json", (), sent, body))
    return Answer(reply, json.loads(reply.body))
