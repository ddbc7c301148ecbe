"""What a seed decides about a world before it begins: settings, switches, and which troubles there are."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from syncd.sandbox.pair import Pair
from syncd.sandbox.tiktok.switches import EmptyObject, Paging
from tests.campaign.engine.loop import START
from tests.campaign.engine.stage import Tables

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Troubles:
    """How often things happen in a world. `lates` are requests that land hours later, under their key.

    `jinx` is how likely it is that a write to Shopify is hit, whatever the weather.
    """

    deaths: int = 0
    stops: int = 0
    freezes: int = 0
    bad_disks: int = 0
    lost_stores: int = 0
    old_copies: int = 0
    jumps: int = 0
    second: bool = False
    storms: int = 0
    drizzle: float = 0.0
    jinx: float = 0.0
    lates: bool = False
    staff: int = 0

    @property
    def several_stores(self) -> bool:
        """Whether some store will not know what another one knew."""
        return self.second or self.lost_stores > 0 or self.old_copies > 0

    @property
    def calm(self) -> bool:
        """Whether no answer and no process is ever lost."""
        return not (
            self.several_stores or self.deaths or self.bad_disks or self.storms or self.drizzle or self.jinx
        )


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings of the merchant, and the troubles."""

    seed: int
    auto_restock: bool = True
    import_returns: bool = True
    cancellations: bool = False
    start_from: datetime = START - timedelta(hours=6)
    settle: int = 5
    timeout: int = 2
    poll: int = 20
    concurrency: int = 8
    per_cycle: int = 100
    per_day: int = 1000
    max_refund: dict[str, str] = field(default_factory=dict)
    location: str = ""
    exclude_skus: tuple[str, ...] = ()
    keys_ignored: bool = False
    latency: float = 0.1
    troubles: Troubles = Troubles()

    @property
    def tables(self) -> Tables:
        """The tables of the config file."""
        return {
            "sync": {
                "enabled": True,
                "start_from": self.start_from,
                "auto_restock": self.auto_restock,
                "import_returns": self.import_returns,
                "cancellations": self.cancellations,
                "poll_interval": f"{self.poll}m",
            },
            "guard": {
                "settle": f"{self.settle}s",
                "max_refunds_per_cycle": self.per_cycle,
                "max_refunds_per_day": self.per_day,
            },
            "guard.max_refund": self.max_refund,
            "restock": {"location": self.location, "exclude_skus": list(self.exclude_skus)},
            "network": {"timeout": f"{self.timeout}s"},
            "shops.us.shopify": {"concurrency": self.concurrency},
        }

    @property
    def lease(self) -> float:
        """After so many seconds nothing that was sent under an older claim can land any more."""
        return self.settle * 3 + self.timeout


def drawn(seed: int) -> Setup:
    """The setup of that seed."""
    chance = Random(f"{seed} setup")
    return Setup(
        seed,
        auto_restock=chance.random() < 0.6,
        import_returns=chance.random() < 0.75,
        cancellations=Random(f"{seed} cancellations").random() < 0.5,
        start_from=START - timedelta(hours=chance.choice((1, 6, 72))),
        settle=chance.choice((5, 20, 60)),
        timeout=chance.choice((2, 10, 30)),
        poll=chance.choice((20, 40, 60)),
        concurrency=chance.choice((1, 2, 8)),
        per_cycle=chance.choice((1, 100, 100)),
        per_day=chance.choice((3, 1000, 1000, 1000)),
        max_refund={"USD": "45.00"} if chance.random() < 0.15 else {},
        location="Warehouse" if chance.random() < 0.2 else "",
        exclude_skus=("SHIRT",) if chance.random() < 0.1 else (),
        keys_ignored=chance.random() < 0.4,
        latency=chance.choice((0.02, 0.2, 1.0)),
        troubles=_troubles(chance),
    )


def _troubles(chance: Random) -> Troubles:
    """A world in ten is calm; the others have some of everything."""
    if chance.random() < 0.1:
        return Troubles(staff=chance.randint(0, 2))
    second = chance.random() < 0.25
    return Troubles(
        deaths=chance.choice((0, 1, 3, 6)),
        stops=chance.choice((0, 0, 1)),
        freezes=chance.choice((0, 0, 1, 2)),
        bad_disks=chance.choice((0, 0, 0, 1)),
        lost_stores=chance.choice((0, 0, 0, 1, 2)),
        old_copies=chance.choice((0, 0, 0, 1)),
        jumps=0 if second else chance.choice((0, 0, 1, 2)),
        second=second,
        storms=chance.choice((0, 1, 2, 4)),
        drizzle=chance.choice((0.0, 0.03, 0.15)),
        jinx=chance.choice((0.0, 0.3, 0.6)),
        lates=chance.random() < 0.6,
        staff=chance.choice((0, 0, 1, 2)),
    )


def turn_switches(pair: Pair, setup: Setup) -> None:
    """Let both sides be as that seed wants them."""
    chance = Random(f"{setup.seed} switches")
    _shopify(pair, setup, chance)
    _tiktok(pair, setup, chance)


def _shopify(pair: Pair, setup: Setup, chance: Random) -> None:
    shopify = pair.shopify.switches
    shopify.keys_ignored = setup.keys_ignored
    shopify.idempotency_errors_top_level = chance.random() < 0.3
    shopify.failed_attempt_blocks_key = chance.random() < 0.3
    shopify.return_closes_after_processing = chance.random() < 0.3
    shopify.processing_adjusts = chance.random() < 0.3
    shopify.missing_location_refused = chance.random() < 0.3
    shopify.no_restock_prices_fulfilled = chance.random() < 0.7
    shopify.grant_revokes_former_token = chance.random() < 0.15
    shopify.token_seconds = chance.choice((1800, 86399))
    shopify.search_lag_seconds = chance.choice((0.0, 0.0, 30.0, HOUR))
    shopify.search_is_partial = chance.random() < 0.3
    shopify.default_text_covers_note = chance.random() < 0.3
    shopify.dev_store_refund_limit = chance.choice((None, None, None, 5))
    shopify.bucket_size, shopify.restore_rate = chance.choice(((2000.0, 100.0), (200.0, 10.0), (120.0, 2.0)))


def _tiktok(pair: Pair, setup: Setup, chance: Random) -> None:
    tiktok = pair.tiktok.switches
    tiktok.rotates_refresh_token = chance.random() < 0.5 and not setup.troubles.several_stores
    tiktok.old_refresh_token_dies = setup.troubles.calm
    tiktok.refresh_answer_has_refresh_token = tiktok.rotates_refresh_token or chance.random() < 0.7
    tiktok.refresh_kills_access_token = chance.random() < 0.3
    tiktok.access_token_life = timedelta(hours=chance.choice((3, 7 * 24)))
    tiktok.empty_object = chance.choice(list(EmptyObject))
    tiktok.errors_with_200 = chance.random() < 0.3
    tiktok.paging = chance.choice(list(Paging))
    tiktok.rows_move_between_pages = chance.random() < 0.2
    tiktok.visible_after = timedelta(minutes=chance.choice((0, 0, 1, 10)))
    tiktok.last_page_has_token_key = chance.random() < 0.5
    tiktok.tax_beside_subtotal = chance.random() < 0.3
    tiktok.shipping_also_in_lines = chance.random() < 0.3
    tiktok.quick_refund_has_record = chance.random() < 0.5
    tiktok.drops_fields = chance.random() < 0.5
    tiktok.adds_fields = chance.random() < 0.5
