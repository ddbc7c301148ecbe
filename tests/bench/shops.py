"""Stand-ins in a process of their own: `python -m tests.bench.shops FOLDER SPEC`, with a `Spec` as JSON.

It writes FOLDER/lost.toml, whose store is empty, and FOLDER/known.toml, whose store knows all orders, prints
the TikTok order ids of orders without a case as a line of JSON, and answers until its standard input ends.
Each line there is the name of a command of `Desk`; its answer is a line of JSON.
"""

import gc
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from syncd.model import mark
from syncd.model.cases import Kind, ReturnStatus, ReturnType
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.server import in_background
from syncd.sandbox.shopify.order import Order
from syncd.service.session import writing
from tests.bench.recorder import Exchange, Player, Recorder

PLUS = 1000.0
"""Points a second (Shopify: API limits, of Shopify Plus)."""
ENDLESS = 1_000_000.0
"""A quota that does not bind."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How many orders each shop has with a case that is refunded, waits to be, or is a return under way.

    `others` are orders without a case. `latency` is of each answer, in seconds. `lines` of an order: each one
    unit of its own. `age` of a waiting case, in seconds. `spoilt`: three of the refunds are wrong. `tables`
    are keys of the config files.
    """

    shops: tuple[str, ...] = ("us",)
    refunded: int = 0
    waiting: int = 0
    returns: int = 0
    others: int = 0
    lines: int = 2
    age: float = 0.0
    latency: float = 0.0
    restore_rate: float = PLUS
    bucket: float = 20 * PLUS
    spoilt: bool = False
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def prices(self) -> dict[str, str]:
        """What is in an order."""
        return {f"MUG-{number}": f"{20 + number}.00" for number in range(self.lines)}


def paid_back(pair: Pair, spec: Spec) -> tuple[Sold, str, str]:
    """An order with a case that TikTok paid back: the case and its reason."""
    sold = pair.sell(spec.prices())
    at = pair.clock.now().replace(microsecond=0) - timedelta(seconds=spec.age)
    case = pair.tiktok.add_return(
        sold.tiktok, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, created_at=at
    )
    return sold, case.return_id, case.reason_text


def refunded(pair: Pair, spec: Spec) -> Order:
    """The same with its refund, as syncd makes it."""
    sold, case_id, reason = paid_back(pair, spec)
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
    done = [refunded(pair, spec) for _ in range(spec.refunded)]
    if spec.spoilt:
        spoil(done)
    for _ in range(spec.waiting):
        paid_back(pair, spec)
    for _ in range(spec.returns):
        sold = pair.sell(spec.prices())
        pair.tiktok.add_return(
            sold.tiktok, 1, status=ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number="1Z0001"
        )
    others = [pair.sell(spec.prices()) for _ in range(spec.others)]
    pair.shopify_server.latency = pair.tiktok_server.latency = spec.latency
    return [sold.tiktok.order_id for sold in others]


def configure(pairs: Mapping[str, Pair], folder: Path, name: str, spec: Spec) -> None:
    """Write a config file with a store and logins of its own, and without ceilings."""
    now = next(iter(pairs.values())).clock.now()
    tables: dict[str, dict[str, object]] = {
        "store": {},
        "sync": {"enabled": True, "start_from": now - timedelta(days=1)},
        "guard": {"max_refunds_per_cycle": 1_000_000, "max_refunds_per_day": 1_000_000},
    }
    for table, keys in spec.tables.items():
        tables.setdefault(table, {}).update(keys)
    text = ""
    for shop, pair in pairs.items():
        login = pair.tiktok.login
        token = pair.tiktok.accounts.authorise(login.shops, login.scopes).refresh_token
        own: dict[str, dict[str, object]] = {f"shops.{shop}.tiktok": {"refresh_token": token}}
        whole = pair.config(folder / f"{name}.db", shop=shop, tables=tables | own)
        text += whole[whole.index("[shops.") :] if text else whole
    config = folder / f"{name}.toml"
    config.touch(mode=0o600)
    config.write_text(text)


class Desk:
    """What can be asked of the process; each method is a command."""

    def __init__(self, pairs: Mapping[str, Pair]) -> None:
        self._pairs = pairs
        self._recorder = Recorder()
        self._played: list[Exchange] = []
        for name, pair in pairs.items():
            self._recorder.listen(name, pair)

    def reset(self) -> None:
        """Count from here on."""
        self._recorder.reset()

    def counts(self) -> dict[str, object]:
        """What was asked since then."""
        return self._recorder.counts.told()

    def empty(self) -> None:
        """Take out all points."""
        for pair in self._pairs.values():
            pair.shopify.bucket.empty()

    def complete(self) -> None:
        """TikTok pays back every return under way."""
        for pair in self._pairs.values():
            for case in list(pair.tiktok.returns.seen_at(pair.clock.now())):
                if case.status == ReturnStatus.BUYER_SHIPPED_ITEM:
                    pair.tiktok.advance(case, ReturnStatus.COMPLETE)

    def refunds(self) -> int:
        """How many there are on Shopify."""
        return sum(len(order.refunds) for pair in self._pairs.values() for order in pair.shopify.orders)

    def record(self) -> None:
        """Keep every exchange from here on."""
        self._recorder.exchanges = []

    def recorded(self) -> list[str]:
        """The requests of what was kept; from here on nothing is."""
        self._played, self._recorder.exchanges = self._recorder.exchanges or [], None
        return [one.told(number) for number, one in enumerate(self._played)]

    def play(self) -> None:
        """From here on give the recorded answers again."""
        for pair in self._pairs.values():
            for server in (pair.tiktok_server, pair.shopify_server):
                server.front.stand_in = Player(server.front.stand_in, self._played)


def main(folder: Path, spec: Spec) -> None:
    """Fill both sides and serve."""
    pairs = {name: Pair(name="acme" if len(spec.shops) == 1 else name) for name in spec.shops}
    others = [order_id for pair in pairs.values() for order_id in fill(pair, spec)]
    desk = Desk(pairs)
    gc.collect()
    gc.freeze()  # what is there stays: looking through it for garbage would be a pause now and then
    with in_background(
        *(one for pair in pairs.values() for one in (pair.tiktok_server, pair.shopify_server))
    ):
        for name in ("lost", "known"):
            configure(pairs, folder, name, spec)
        with writing(folder / "known.db") as store:
            for shop, pair in pairs.items():
                for sold, order in zip(pair.tiktok.orders, pair.shopify.orders, strict=True):
                    store.shops.pair(shop, sold, order.id, "tag", pair.clock.now())
        _tell(others)
        for line in sys.stdin:
            _tell(getattr(desk, line.strip())())


def _tell(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Spec(**json.loads(sys.argv[2])))
