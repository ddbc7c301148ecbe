"""What is counted as it happens. It begins at zero with each start of the process."""

import platform
import time
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)

from syncd import __version__
from syncd.calls import Call
from syncd.errors import ShopStopped
from syncd.model.intents import Intent
from syncd.model.plans import MONEY
from syncd.shopify.operations import OPERATIONS
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

_ENDS = {"confirmed": "written", "found": "found", "rejected": "rejected"}
"""The steps that end a refund, each of which comes once, and what its outcome is called."""
_PAID = ("written", "found")
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_CYCLE_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)


class Counts(Observer):
    """Counters and what else is known only at the moment that it happens."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Another series for each says when it began, which is known anyway: with the process.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        of = registry
        self._polls = Counter(
            "syncd_polls_total", "Polls of TikTok, by how they ended.", ["shop", "outcome"], registry=of
        )
        self._cycles = Counter(
            "syncd_cycles_total", "Cycles, by how they ended.", ["shop", "outcome"], registry=of
        )
        self._cycle_seconds = Histogram(
            "syncd_cycle_duration_seconds",
            "How long cycles took.",
            ["shop"],
            buckets=_CYCLE_SECONDS,
            registry=of,
        )
        self._refunds = Counter(
            "syncd_refunds_total",
            "Refunds, by how they ended; each is counted once.",
            ["shop", "outcome"],
            registry=of,
        )
        self._refunded = Counter(
            "syncd_refunded_minor_units_total",
            "Money that was refunded, in the smallest unit of its currency.",
            ["shop", "currency"],
            registry=of,
        )
        self._requests = Counter(
            "syncd_api_requests_total",
            "Requests to TikTok and Shopify, by what came of them.",
            ["shop", "api", "operation", "outcome"],
            registry=of,
        )
        self._request_seconds = Histogram(
            "syncd_api_request_duration_seconds",
            "Time until a request was answered, or given up.",
            ["api", "operation"],
            buckets=_SECONDS,
            registry=of,
        )
        self._points = Gauge(
            "syncd_shopify_throttle_available_points",
            "Points left in Shopify's bucket at its last answer.",
            ["shop"],
            registry=of,
        )
        self._most_points = Gauge(
            "syncd_shopify_throttle_maximum_points",
            "Points that Shopify's bucket holds when it is full.",
            ["shop"],
            registry=of,
        )
        self._stopped = Gauge(
            "syncd_writes_stopped",
            "1 while Shopify takes no writes: it is frozen, locked, or answers in another API version.",
            ["shop"],
            registry=of,
        )
        self._reloaded = Gauge(
            "syncd_config_last_reload_successful",
            "1 if the config file could be used when it was last read.",
            registry=of,
        )
        self._reloaded_at = Gauge(
            "syncd_config_last_reload_success_timestamp_seconds",
            "When the settings in effect were read.",
            registry=of,
        )
        build = Info("syncd_build", "What is running.", registry=of)
        build.info({"version": __version__, "python": platform.python_version()})
        _Process(namespace="syncd", registry=of)

    def begin(self, shop: str) -> None:
        """Let the shop's series begin at zero, so that its first refund is seen as an increase."""
        for outcome in ("good", "failed"):
            self._polls.labels(shop, outcome)
            self._cycles.labels(shop, outcome)
        for outcome in _ENDS.values():
            self._refunds.labels(shop, outcome)
        self._cycle_seconds.labels(shop)
        self._stopped.labels(shop)

    def expect(self, shop: str, currency: str) -> None:
        """The same for a currency."""
        self._refunded.labels(shop, currency)

    def reloaded(self, at: datetime) -> None:
        """These settings are in effect from now on."""
        self._reloaded.set(1)
        self._reloaded_at.set(at.timestamp())

    def refused(self) -> None:
        """The config file could not be used."""
        self._reloaded.set(0)

    def called(self, shop: str, call: Call) -> None:
        """Count the exchange."""
        self._requests.labels(shop, call.api, call.operation, call.outcome).inc()
        self._request_seconds.labels(call.api, call.operation).observe(call.milliseconds / 1000)
        if call.cost:
            self._points.labels(shop).set(call.cost.available)
            self._most_points.labels(shop).set(call.cost.maximum)
        if call.api == "shopify":
            self._heed(shop, call)

    def _heed(self, shop: str, call: Call) -> None:
        """Writing stops with the answer that says so, and goes on after a query that is answered well."""
        operation = OPERATIONS.get(call.operation)
        if call.outcome == ShopStopped.__name__:
            self._stopped.labels(shop).set(1)
        elif call.outcome == "ok" and operation and not operation.mutation:
            self._stopped.labels(shop).set(0)

    def stepped(self, intent: Intent, step: str) -> None:
        """Count a refund when it comes to its end, which each does once."""
        outcome = _ENDS.get(step)
        if outcome is None or intent.action not in MONEY:
            return
        self._refunds.labels(intent.shop, outcome).inc()
        if intent.amount and outcome in _PAID:
            self._refunded.labels(intent.shop, intent.amount.currency).inc(intent.amount.minor)

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:
        """Count the cycle, and the poll that it began with."""
        self._cycles.labels(shop, "good" if result.ok else "failed").inc()
        self._cycle_seconds.labels(shop).observe(seconds)
        if result.poll_ok is not None:
            self._polls.labels(shop, "good" if result.poll_ok else "failed").inc()
        # A mutation is refused unsent once a mutation was answered in another version: no call tells that.
        if any(isinstance(error, ShopStopped) and error.api == "shopify" for error in result.errors):
            self._stopped.labels(shop).set(1)


class _Process(ProcessCollector):
    """The library's own, but with systemd's `ProcSubset=pid`, too, which hides /proc/stat."""

    def _boot_time(self) -> float:
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
