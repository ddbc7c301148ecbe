"""Two stand-ins in a process of their own: `python -m tests.bench.shops FOLDER SPEC`, with a `Spec` as JSON.

It writes FOLDER/lost.toml, whose store is empty, and FOLDER/known.toml, whose store knows all orders, prints
the TikTok order ids of orders without a case as a line of JSON, and answers until its standard input ends.
"""

import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from syncd.model import mark
from syncd.model.cases import Kind, ReturnStatus, ReturnType
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.order import Order
from syncd.service.session import writing

PLUS = 1000.0
"""Points a second (Shopify: API limits, of Shopify Plus)."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How many orders there are with a case that is refunded, waits to be, or without one.

    `latency` is of each answer, in seconds. `spoilt`: three of the refunds are wrong.
    """

    refunded: int = 0
    waiting: int = 0
    others: int = 0
    latency: float = 0.0
    restore_rate: float = PLUS
    bucket: float = 20 * PLUS
    spoilt: bool = False


def paid_back(pair: Pair) -> tuple[Sold, str, str]:
    """An order with a case that TikTok paid back: the case and its reason."""
    sold = pair.sell({"MUG": "20.00", "SHIRT": "35.00"})
    case = pair.tiktok.add_return(sold.tiktok, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE)
    return sold, case.return_id, case.reason_text


def refunded(pair: Pair) -> Order:
    """The same with its refund, as syncd makes it."""
    sold, case_id, reason = paid_back(pair)
    pair.shopify.foreign_refund(sold.shopify, amount=2000, note=mark.note(Kind.RETURN, case_id, reason))
    return sold.shopify


def spoil(orders: list[Order]) -> None:
    """One refund is gone, one is there twice, one has another amount."""
    gone, doubled, less = orders[:: max(1, len(orders) // 3)][:3]
    gone.refunds.clear()
    doubled.refunds.append(doubled.refunds[0])
    less.refunds[0].transactions[0].amount -= 1


def fill(pair: Pair, spec: Spec) -> list[str]:
    """Sell and pay back; the TikTok order ids of orders without a case."""
    switches = pair.shopify.switches
    switches.restore_rate, switches.bucket_size = spec.restore_rate, spec.bucket
    done = [refunded(pair) for _ in range(spec.refunded)]
    if spec.spoilt:
        spoil(done)
    for _ in range(spec.waiting):
        paid_back(pair)
    others = [pair.sell({"MUG": "20.00", "SHIRT": "35.00"}) for _ in range(spec.others)]
    pair.shopify_server.latency = pair.tiktok_server.latency = spec.latency
    return [sold.tiktok.order_id for sold in others]


def configure(pair: Pair, folder: Path, name: str) -> None:
    """Write a config file with a store and a login of its own, and without ceilings."""
    login = pair.tiktok.login
    token = pair.tiktok.accounts.authorise(login.shops, login.scopes).refresh_token
    tables: dict[str, dict[str, object]] = {
        "sync": {"enabled": True, "start_from": pair.clock.now() - timedelta(days=1)},
        "guard": {"max_refunds_per_cycle": 100_000, "max_refunds_per_day": 100_000},
        "shops.us.tiktok": {"refresh_token": token},
    }
    config = folder / f"{name}.toml"
    config.touch(mode=0o600)
    config.write_text(pair.config(folder / f"{name}.db", tables=tables))


def main(folder: Path, spec: Spec) -> None:
    """Fill both sides and serve."""
    pair = Pair()
    others = fill(pair, spec)
    with pair.serving():
        for name in ("lost", "known"):
            configure(pair, folder, name)
        with writing(folder / "known.db") as store:
            for sold, order in zip(pair.tiktok.orders, pair.shopify.orders, strict=True):
                store.shops.pair("us", sold, order.id, "tag", pair.clock.now())
        sys.stdout.write(json.dumps(others) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Spec(**json.loads(sys.argv[2])))
