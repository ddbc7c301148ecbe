"""The one thing that the daemon knows of metrics."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from syncd.calls import Call
from syncd.clock import Clock
from syncd.config.addresses import host_of, is_loopback
from syncd.config.settings import Settings
from syncd.events import Event, tell
from syncd.model.intents import Intent
from syncd.service.metrics import probes, textfile
from syncd.service.metrics.pages import Page, Pages, text
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

if TYPE_CHECKING:  # what it imports is heavy
    from syncd.service.metrics.exposition import Exposition

_PERIOD = 5.0
"""Seconds between two textfiles at least."""


@contextmanager
def serving_metrics(settings: Settings, clock: Clock, alive: Callable[[], bool]) -> Iterator[Metrics]:
    """Metrics and probes as the settings want them; nothing at all where they want none.

    `alive` tells, in any thread, whether work goes on.

    Raises:
        CannotListen: The port is taken, or the address is not there now.
        ConfigError: The port is one that we may not use.
    """
    metrics = Metrics(settings, clock)
    listen = settings.metrics.listen
    with ExitStack() as stack:
        stack.callback(metrics.close)
        if listen:
            from syncd.service.metrics.server import serving  # noqa: PLC0415 - only where it is wanted

            metrics.port = stack.enter_context(serving(listen, lambda port: metrics.pages(port, alive)))
            tell(Event.METRICS_SERVED, listen=listen, port=metrics.port)
        yield metrics


class Metrics(Observer):
    """Counts, tells, and keeps the textfile. Every method may be called where metrics are off.

    `port` is the one that is listened on, 0 for none.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.port = 0
        self._settings = settings
        self._clock = clock
        self._begun = False
        self._closed = False
        self._exposition: Exposition | None = None
        self._textfile_lock = threading.Lock()
        self._written_at = float("-inf")
        self._failing = False
        self._take(settings)

    def in_effect(self, settings: Settings) -> None:
        """The daemon works with these settings from now on: at the start, and after a reload.

        The same ones once more are those from before a reload that failed.
        """
        new = not self._begun or settings is not self._settings
        before, after = self._settings.metrics.textfile, settings.metrics.textfile
        if before and before != after:
            textfile.remove(Path(before))
        self._take(settings)
        self._begun = True
        if self._exposition and new:
            self._exposition.counts.reloaded(self._clock.now())

    def refused(self) -> None:
        """A reload failed; the settings stay."""
        if self._exposition:
            self._exposition.counts.refused()

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        if self._exposition is None and (settings.metrics.listen or settings.metrics.textfile):
            from syncd.service.metrics.exposition import Exposition  # noqa: PLC0415 - it takes 0.1 s

            self._exposition = Exposition(lambda: self._settings, self._clock)
        if self._exposition:
            for shop in settings.shops:
                self._exposition.counts.begin(shop)

    def called(self, shop: str, call: Call) -> None:
        """Count."""
        if self._exposition:
            self._exposition.counts.called(shop, call)

    def stepped(self, intent: Intent, step: str) -> None:
        """Count."""
        if self._exposition:
            self._exposition.counts.stepped(intent, step)

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:
        """Count."""
        if self._exposition:
            self._exposition.counts.cycled(shop, result, seconds)

    def pages(self, port: int, alive: Callable[[], bool]) -> Pages:
        """What is answered on the port."""
        host = host_of(self._settings.metrics.listen)
        table: dict[str, Page] = {
            "/healthz": lambda _: probes.healthz(alive()),
            "/readyz": lambda _: probes.readyz(self._in_effect(), self._clock.now()),
        }
        if is_loopback(host):
            from syncd.service.page.site import Site  # noqa: PLC0415 - only where it is wanted

            table |= Site(self._in_effect, self._clock).pages()
        else:
            table["/"] = lambda _: text(HTTPStatus.FORBIDDEN, "the status page is for this machine alone")
        if self._exposition:
            table["/metrics"] = self._exposition.page
        return Pages(host, port, table)

    def _in_effect(self) -> Settings | None:
        """None as long as the daemon is only starting."""
        return self._settings if self._begun else None

    async def written(self) -> None:
        """Write the textfile, unless that was done a moment ago. A failure is told once, and its end."""
        now = self._clock.monotonic()
        if self._settings.metrics.textfile and now - self._written_at >= _PERIOD:
            self._written_at = now
            await asyncio.to_thread(self._write, Path(self._settings.metrics.textfile))

    def _write(self, path: Path) -> None:
        content = self._exposition.file() if self._exposition else b""
        with self._textfile_lock:
            if self._closed:
                return
            try:
                textfile.replace(path, content)
            except OSError as error:
                self._tell_failure(path, error)
                return
        if self._failing:
            self._failing = False
            tell(Event.TEXTFILE_RECOVERED, path=str(path))

    def _tell_failure(self, path: Path, error: OSError) -> None:
        if not self._failing:
            hint = "the folder must exist, and syncd must be able to write into it"
            tell(Event.TEXTFILE_FAILED, failure=error, path=str(path), hint=hint)
        self._failing = True

    def close(self) -> None:
        """Take the textfile away: what it says is true no longer."""
        with self._textfile_lock:
            self._closed = True
            if self._settings.metrics.textfile:
                textfile.remove(Path(self._settings.metrics.textfile))
