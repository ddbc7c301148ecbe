"""All figures together, in the formats that Prometheus reads."""

from collections.abc import Callable
from http import HTTPStatus

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder, generate_latest

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.service.metrics.counts import Counts
from syncd.service.metrics.pages import Asked, Reply
from syncd.service.metrics.standing import StandingCollector


class Exposition:
    """One process's figures. Safe to ask from any thread."""

    def __init__(self, settings: Callable[[], Settings], clock: Clock) -> None:
        self.registry = CollectorRegistry()
        # First: it lets series of the counters begin at zero that are collected after it.
        self.registry.register(StandingCollector(settings, clock, self._expect))
        self.counts = Counts(self.registry)

    def _expect(self, shop: str, currency: str) -> None:
        self.counts.expect(shop, currency)

    def page(self, asked: Asked) -> Reply:
        """The format that the client likes best."""
        encode, kind = choose_encoder(asked.accept)
        return Reply(HTTPStatus.OK, encode(self.registry), kind)

    def file(self) -> bytes:
        """The format of textfiles."""
        return generate_latest(self.registry)
