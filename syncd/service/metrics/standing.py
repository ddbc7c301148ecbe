"""How the shops stand, read from the store at the moment that somebody asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.config.tables import Shop as ShopSettings
from syncd.errors import SyncdError
from syncd.model.cases import State
from syncd.model.money import exponent
from syncd.model.reasons import EXPLANATIONS
from syncd.service.health import Health, health_of
from syncd.store.store import Store
from syncd.store.tallies import Tallies
from syncd.tiktok.wire import snapshot_from

_Samples = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One shop. `held` are cases by reason, `to_inspect` those with units that wait for staff.

    `tokens` are the times at which each of its tokens runs out, by what it is called.
    """

    name: str
    settings: ShopSettings
    health: Health
    held: Mapping[str, int]
    unknown_refunds: int
    currencies: tuple[str, ...]
    tokens: Mapping[str, datetime]


def standing(store: Store, name: str, shop: ShopSettings, now: datetime) -> Standing:
    """How that shop stands now."""
    tallies = Tallies(store.database, name)
    health = health_of(store, name, shop, now, State)
    ends = {
        "tiktok_access": health.token_expires_at,
        "tiktok_authorisation": health.authorised_until,
        "shopify_access": health.shopify_token_expires_at,
    }
    return Standing(
        name=name,
        settings=shop,
        health=health,
        held={reason: tally.count for reason, tally in tallies.held().items()},
        unknown_refunds=tallies.unknown_refunds(),
        currencies=tallies.currencies(),
        tokens={token: at for token, at in ends.items() if at},
    )


@dataclass(slots=True, eq=False)
class StandingCollector(Collector):
    """Reads the store when it is collected, from any thread.

    `settings` gives those in effect; `expect` is told each shop with each of its currencies.
    """

    settings: Callable[[], Settings]
    clock: Clock
    expect: Callable[[str, str], None]

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The names alone."""
        yield from _of_shops([])
        yield from _of_the_store(usable=False, path=None)
        yield _exported(None)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Everything; of a store that cannot be read only that it cannot."""
        settings, now = self.settings(), self.clock.now()
        try:
            shops = self._read(settings, now)
        except SyncdError:
            shops = None
        for shop in shops or []:
            for currency in shop.currencies:
                self.expect(shop.name, currency)
        yield from _of_shops(shops or [])
        yield from _of_the_store(usable=shops is not None, path=settings.store.path)
        yield _exported(now)

    def _read(self, settings: Settings, now: datetime) -> list[Standing]:
        with closing(Store.look(settings.store.path, snapshot_from)) as store:
            return [standing(store, name, shop, now) for name, shop in settings.shops.items()]


def _of_shops(shops: Sequence[Standing]) -> Iterator[GaugeMetricFamily]:
    yield _gauge(
        "syncd_shop_enabled",
        "1 if the shop is switched on.",
        ("shop",),
        (((s.name,), s.settings.sync.enabled) for s in shops),
    )
    yield _gauge(
        "syncd_shop_health",
        "How the shop stands, as `syncd status` tells it: 0 fine, 1 warning, 2 critical.",
        ("shop",),
        (((s.name,), s.health.level) for s in shops),
    )
    yield _gauge(
        "syncd_poll_interval_seconds",
        "Time between two polls, as configured.",
        ("shop",),
        (((s.name,), s.settings.sync.poll_interval.total_seconds()) for s in shops),
    )
    yield _gauge(
        "syncd_last_good_poll_timestamp_seconds",
        "When TikTok was last read to the end.",
        ("shop",),
        (((s.name,), at.timestamp()) for s in shops if (at := s.health.progress.last_good_poll)),
    )
    yield _gauge(
        "syncd_watermark_timestamp_seconds",
        "Everything that changed on TikTok before this time is in the store.",
        ("shop", "kind"),
        (((s.name, kind), at.timestamp()) for s in shops for kind, at in s.health.watermarks.items()),
    )
    yield _gauge(
        "syncd_cases",
        "Cases by state.",
        ("shop", "state"),
        (((s.name, state), s.health.counts.get(state, 0)) for s in shops for state in State),
    )
    yield _gauge(
        "syncd_held",
        "Cases that wait for a person, by reason.",
        ("shop", "reason"),
        (((s.name, reason), n) for s in shops for reason, n in _known(s.held).items()),
    )
    yield _gauge(
        "syncd_restock_waiting",
        "Cases whose units staff have to inspect.",
        ("shop",),
        (((s.name,), s.health.restock_waiting.count) for s in shops),
    )
    yield _gauge(
        "syncd_refunds_unknown",
        "Refunds that were sent and whose outcome is not known yet.",
        ("shop",),
        (((s.name,), s.unknown_refunds) for s in shops),
    )
    yield _gauge(
        "syncd_brake",
        "1 while TikTok no longer knows the shop's cases, and nothing is written.",
        ("shop",),
        (((s.name,), s.health.braked) for s in shops),
    )
    yield _gauge(
        "syncd_token_expiry_timestamp_seconds",
        "When a token runs out.",
        ("shop", "token"),
        (((s.name, token), at.timestamp()) for s in shops for token, at in s.tokens.items()),
    )
    currencies = sorted({currency for s in shops for currency in s.currencies})
    yield _gauge(
        "syncd_currency_minor_units",
        "How many of the smallest unit make one of the currency.",
        ("currency",),
        (((currency,), 10 ** exponent(currency)) for currency in currencies),
    )


def _known(held: Mapping[str, int]) -> Mapping[str, int]:
    """By reason; what this program has no word for, as another version may have left it, is `other`."""
    found: dict[str, int] = {}
    for reason, count in held.items():
        word = reason if reason in EXPLANATIONS else "other"
        found[word] = found.get(word, 0) + count
    return found


def _of_the_store(*, usable: bool, path: Path | None) -> Iterator[GaugeMetricFamily]:
    yield _gauge("syncd_store_usable", "1 if the store can be read.", (), [((), usable)])
    files = {"database": path, "log": path.with_name(f"{path.name}-wal")} if path else {}
    sizes = {(name,): file.stat().st_size for name, file in files.items() if file.exists()}
    yield _gauge("syncd_store_size_bytes", "Size of the store's files.", ("file",), sizes.items())


def _exported(at: datetime | None) -> GaugeMetricFamily:
    samples: _Samples = [((), at.timestamp())] if at else []
    return _gauge(
        "syncd_exported_timestamp_seconds",
        "When these figures were put together: old ones come from a textfile that nobody writes any more.",
        (),
        samples,
    )


def _gauge(name: str, meaning: str, labels: Sequence[str], samples: _Samples) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for values, number in samples:
        family.add_metric(values, float(number))
    return family
