"""A backlog of refunds: syncd against a plain script, in one run: `python -m tests.bench.backlog [CASES]`.

The script is what a merchant's developer would write: find the order, read it, refund it, one after another,
without claims, looks or a store. Both have the same latency and a quota that does not bind.
"""

import asyncio
import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.bench.serving import served
from tests.bench.shops import Spec

_LATENCY = 0.05
_ENDLESS = 1_000_000.0
"""Points a second: a quota that does not bind."""
_SCRIPT_CASES = 100
"""Of the backlog, those that the script writes: it is as slow for all of them."""
_FIND = "query { orders(first: 5, query: \"tag:'TikTokOrderID:%s'\") { nodes { id } } }"
_READ = """query($id: ID!) { order(id: $id) { id transactions(first: 10) { id kind gateway amountSet {
  presentmentMoney { amount currencyCode } } } lineItems(first: 10) { nodes { id sku quantity } } } }"""
_REFUND = """mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } } }"""


async def script(folder: Path, orders: list[str]) -> float:
    """Seconds that the script takes for a refund."""
    config = tomllib.loads((folder / "lost.toml").read_text())
    shopify = config["shops"]["us"]["shopify"]
    async with httpx.AsyncClient(base_url=shopify["api_base"], timeout=30) as client:
        login = {"client_id": shopify["client_id"], "client_secret": shopify["client_secret"]}
        form = login | {"grant_type": "client_credentials"}
        token = (await client.post("/admin/oauth/access_token", data=form)).json()["access_token"]

        async def ask(text: str, variables: dict[str, Any] | None = None) -> Any:
            answer = await client.post(
                "/admin/api/2026-10/graphql.json",
                json={"query": text, "variables": variables or {}},
                headers={"X-Shopify-Access-Token": token},
            )
            return answer.json()["data"]

        begun = time.monotonic()
        for number, tiktok_order in enumerate(orders):
            [node] = (await ask(_FIND % tiktok_order))["orders"]["nodes"]
            order = (await ask(_READ, {"id": node["id"]}))["order"]
            sale = order["transactions"][0]
            paid = {"orderId": order["id"], "parentId": sale["id"], "gateway": sale["gateway"]}
            made = await ask(
                _REFUND,
                {
                    "input": {
                        "orderId": order["id"],
                        "transactions": [paid | {"kind": "REFUND", "amount": "1.00"}],
                    },
                    "key": f"00000000-0000-4000-8000-{number:012d}",
                },
            )
            if made["refundCreate"]["userErrors"]:
                raise SystemExit(made)
        return (time.monotonic() - begun) / len(orders)


def syncd(folder: Path, cases: int) -> float:
    """Seconds that syncd takes for a refund, starting and polling included."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "once", "--json", "-c", str(folder / "lost.toml")],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    if done.returncode or json.loads(done.stdout)["shops"]["us"]["written"] != cases:
        raise SystemExit(done.stdout + done.stderr[-2000:])
    return seconds / cases


def main(cases: int, runs: int) -> int:
    """Print both, and how many times faster syncd is."""
    table, figures = Table("run", "script, ms a refund", "syncd, ms a refund", "times faster"), []
    for run in range(runs):
        spec = Spec(
            waiting=cases, others=_SCRIPT_CASES, latency=_LATENCY, restore_rate=_ENDLESS, bucket=_ENDLESS
        )
        with served(spec) as shops:
            plain = asyncio.run(script(shops.folder, shops.others))
            ours = syncd(shops.folder, cases)
        figures.append(plain / ours)
        table.add_row(str(run + 1), f"{plain * 1000:.1f}", f"{ours * 1000:.1f}", f"{plain / ours:.2f}")
    Console().print(table)
    Console().print_json(data={"cases": cases, "times_faster": round(median(figures), 2), "to_reach": 6})
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, 1))
