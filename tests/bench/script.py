"""What a merchant's developer would write: find each order, read it, refund it, one after another.

Run as `python -m tests.bench.script CONFIG`, with TikTok order ids on standard input, a line each; it prints
the seconds that it took, its own start left out. It has no claims, no looks, no store, and never
waits for points.
"""

import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import httpx

_FIND = "query { orders(first: 5, query: \"tag:'TikTokOrderID:%s'\") { nodes { id } } }"
_READ = """query($id: ID!) { order(id: $id) { id transactions(first: 10) { id kind gateway amountSet {
  presentmentMoney { amount currencyCode } } } lineItems(first: 10) { nodes { id sku quantity } } } }"""
_REFUND = """mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } } }"""


class Shop:
    """A Shopify store."""

    def __init__(self, client: httpx.Client, login: dict[str, str]) -> None:
        self._client = client
        token = client.post("/admin/oauth/access_token", data=login | {"grant_type": "client_credentials"})
        self._headers = {"X-Shopify-Access-Token": token.json()["access_token"]}

    def ask(self, text: str, **variables: object) -> Any:
        """What a document is answered with."""
        answer = self._client.post(
            "/admin/api/2026-10/graphql.json",
            json={"query": text, "variables": variables},
            headers=self._headers,
        ).json()
        if "errors" in answer:
            raise SystemExit(json.dumps(answer["errors"]))
        return answer["data"]


def refund(shop: Shop, tiktok_order: str, key: str) -> None:
    """Pay a part of the order back."""
    [node] = shop.ask(_FIND % tiktok_order)["orders"]["nodes"]
    order = shop.ask(_READ, id=node["id"])["order"]
    sale = order["transactions"][0]
    paid = {"orderId": order["id"], "parentId": sale["id"], "gateway": sale["gateway"]}
    payments = [paid | {"kind": "REFUND", "amount": "1.00"}]
    made = shop.ask(_REFUND, input={"orderId": order["id"], "transactions": payments}, key=key)
    if made["refundCreate"]["userErrors"]:
        raise SystemExit(json.dumps(made))


def main(config: Path, orders: list[str]) -> None:
    """Refund them all."""
    shopify = tomllib.loads(config.read_text())["shops"]["us"]["shopify"]
    login = {"client_id": shopify["client_id"], "client_secret": shopify["client_secret"]}
    with httpx.Client(base_url=shopify["api_base"], timeout=30) as client:
        shop = Shop(client, login)
        begun = time.monotonic()
        for number, order in enumerate(orders):
            refund(shop, order, f"00000000-0000-4000-8000-{number:012d}")
        sys.stdout.write(f"{time.monotonic() - begun}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin.read().split())
