"""Two stand-ins in a process of their own, with refunds on both sides.

Run as `python -m tests.bench.shops N FOLDER`.

It writes FOLDER/lost.toml, whose store is empty, and FOLDER/known.toml, whose store knows all orders, says
`ready`, and answers until its standard input ends.
"""

import sys
from datetime import timedelta
from pathlib import Path

from syncd.model import mark
from syncd.model.cases import Kind, ReturnStatus, ReturnType
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.order import Order
from syncd.service.session import writing

QUOTA = 1000.0
"""Points a second (Shopify: API limits, of Shopify Plus)."""


def refunded(pair: Pair) -> Order:
    """An order with a case that TikTok paid back, and its refund as syncd makes it."""
    sold = pair.sell({"MUG": "20.00", "SHIRT": "35.00"})
    case = pair.tiktok.add_return(sold.tiktok, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE)
    note = mark.note(Kind.RETURN, case.return_id, case.reason_text)
    pair.shopify.foreign_refund(sold.shopify, amount=2000, note=note)
    return sold.shopify


def spoil(orders: list[Order]) -> None:
    """One refund is gone, one is there twice, one has another amount."""
    gone, doubled, less = orders[:: max(1, len(orders) // 3)][:3]
    gone.refunds.clear()
    doubled.refunds.append(doubled.refunds[0])
    less.refunds[0].transactions[0].amount -= 1


def main(count: int, folder: Path) -> None:
    """Fill both sides and serve."""
    pair = Pair()
    pair.shopify.switches.restore_rate, pair.shopify.switches.bucket_size = QUOTA, 20 * QUOTA
    spoil([refunded(pair) for _ in range(count)])
    with pair.serving():
        for name in ("lost", "known"):
            configure(pair, folder, name)
        with writing(folder / "known.db") as store:
            for sold, order in zip(pair.tiktok.orders, pair.shopify.orders, strict=True):
                store.shops.pair("us", sold, order.id, "tag", pair.clock.now())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


def configure(pair: Pair, folder: Path, name: str) -> None:
    """Write a config file with a store and a login of its own."""
    login = pair.tiktok.login
    token = pair.tiktok.accounts.authorise(login.shops, login.scopes).refresh_token
    tables: dict[str, dict[str, object]] = {
        "sync": {"enabled": True, "start_from": pair.clock.now() - timedelta(days=1)},
        "shops.us.tiktok": {"refresh_token": token},
    }
    config = folder / f"{name}.toml"
    config.touch(mode=0o600)
    config.write_text(pair.config(folder / f"{name}.db", tables=tables))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
