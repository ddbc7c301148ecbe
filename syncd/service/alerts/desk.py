"""The desk: after the cycles it looks what is wrong, tells whoever is to be told, and remembers it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.events import Event, tell
from syncd.http import build_http
from syncd.service.alerts.addresses import Address
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.book import Book, Entry, failed, forgotten, notices, observed, told
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.conditions import conditions
from syncd.service.alerts.heartbeat import Heartbeat
from syncd.service.alerts.last_words import endings, forget
from syncd.service.alerts.message import Message, message_of
from syncd.service.alerts.send import Sender
from syncd.service.alerts.summary import is_due, summary
from syncd.service.alerts.watch import Seen, Watch
from syncd.store.store import Store

_MEMORY = "alerts"
_PAUSE = 5.0
"""Seconds between two rounds at least."""
_TICK = 60.0
"""Seconds after which there is a round though nothing happened: time alone makes alerts, too."""
_LAST_ROUND = 3.0
"""Seconds that a message on its way has when the daemon stops."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives the process: what was seen of the shops, and what each address was told."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    books: Mapping[str, Book] = field(default_factory=dict)


_KEPT = TypeAdapter(Kept)


class AlertDesk:
    """Tells people what is wrong. `watch` has to hear the work on the shops.

    `standing` has what neither the store nor the work shows; whoever owns it may change it at any time.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        standing: Mapping[str, Alert] | None = None,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._heartbeat = heartbeat
        self._sender = Sender(settings)
        self._standing = {} if standing is None else standing
        self._turn = asyncio.Lock()
        self._intervals = {
            name: shop.sync.poll_interval for name, shop in settings.shops.items() if shop.sync.enabled
        }
        self._saved = store.memory.get(_MEMORY) or ""
        kept = _read(self._saved)
        self.watch = Watch(clock, dict(kept.seen))
        self.watch.watch(self._intervals)
        self._books = self._opened(kept)

    def begin(self) -> None:
        """Take over what the last words of an earlier process told."""
        self._save()
        forget(self._settings.store.path)

    async def run(self) -> None:
        """A round after each cycle, and now and then without one, until it is cancelled."""
        self.begin()
        await self._prove_addresses()
        while True:
            await self.round()
            await self._clock.sleep(_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self.watch.news.wait()
            self.watch.news.clear()

    async def round(self) -> None:
        """One look, and one message at most to each address. Only ever raises that it was cancelled."""
        task = asyncio.create_task(self._guarded())
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=_LAST_ROUND)
            task.cancel()
            await asyncio.wait({task})
            raise

    async def _guarded(self) -> None:
        async with self._turn:
            try:
                await self._round(self._clock.now())
            except Exception as error:  # noqa: BLE001 - alerts must not stop the work
                tell(Event.CHORE_FAILED, chore="alerts", failure=error, cause=error)

    async def _round(self, now: datetime) -> None:
        alerts = dict(self._standing)
        for of_shop in conditions(self._store, self._settings, self.watch.seen, self.watch.ended, now):
            alerts |= of_shop
            await asyncio.sleep(0)
        self._books = {name: observed(book, alerts, now) for name, book in self._books.items()}
        self._save()
        await asyncio.gather(
            self._beat(alerts), *(self._tell(to, alerts, now) for to in self._sender.addresses)
        )
        self._save()

    async def _tell(self, to: Address, alerts: Mapping[str, Alert], now: datetime) -> None:
        book = self._books[to.digest]
        of = notices(book, alerts, now)
        if of:
            delivered = await self._deliver(to, message_of(of, now))
            self._books[to.digest] = told(book, of, now) if delivered else failed(book, now)
        elif self._summary_is_due(book, now):
            since = book.summed_up_at or now
            delivered = await self._deliver(to, summary(self._store, self._settings, since, now))
            done = replace(book, summed_up_at=now, failures=0, retry_at=None)
            self._books[to.digest] = done if delivered else failed(book, now)

    async def _deliver(self, to: Address, message: Message) -> bool:
        why = await self._sender.deliver(to, message)
        if why:
            tell(Event.ALERT_NOT_SENT, address=to.label, error=why, hint="try: syncd check --alert")
        else:
            tell(Event.ALERT_SENT, address=to.label, title=message.title)
        return not why

    def _summary_is_due(self, book: Book, now: datetime) -> bool:
        at = self._settings.alerts.summary_at
        waits = book.retry_at is not None and now < book.retry_at
        return bool(at) and not waits and is_due(at, book.summed_up_at or now, now)

    async def _beat(self, alerts: Mapping[str, Alert]) -> None:
        """After cycles of which none failed, as long as no shop is stuck or silent."""
        dead = {Kind.SHOP_SILENT, Kind.SHOP_STUCK, Kind.SHOP_CRASHED}
        good = bool(self._intervals) and all(self.watch.ended.get(shop) for shop in self._intervals)
        alive = good and self.watch.cycles > 0 and not any(alert.kind in dead for alert in alerts.values())
        if self._heartbeat and alive and await self._heartbeat.beat():
            self.watch.cycles = 0

    async def _prove_addresses(self) -> None:
        """Say at the start which addresses can never work, and load what sending takes."""
        if not self._sender.addresses:
            return
        try:
            for label, why in (await self._sender.unusable()).items():
                tell(Event.ALERT_ADDRESS_UNUSABLE, address=label, error=why, hint="try: syncd check --alert")
        except Exception as error:  # noqa: BLE001 - each message tries again
            tell(Event.CHORE_FAILED, chore="alerts", failure=error, cause=error)

    def _opened(self, kept: Kept) -> dict[str, Book]:
        """A book for each address, with what the last words of an earlier process told."""
        now = self._clock.now()
        ends = {
            alert.key: Entry(alert.title, alert.level, at, told_at=at, told_size=1, times=1)
            for kind, at in endings(self._settings.store.path).items()
            for alert in [Alert(kind)]
        }
        books: dict[str, Book] = {}
        for address in self._sender.addresses:
            book = forgotten(kept.books.get(address.digest, Book()), self._intervals)
            summed = (book.summed_up_at or now) if self._settings.alerts.summary_at else None
            books[address.digest] = replace(book, entries={**book.entries, **ends}, summed_up_at=summed)
        return books

    def _save(self) -> None:
        text = _KEPT.dump_json(Kept(self.watch.seen, self._books)).decode()
        if text != self._saved:
            self._store.memory.put(_MEMORY, text)
            self._saved = text


@asynccontextmanager
async def alerting(
    settings: Settings, store: Store, clock: Clock, standing: Mapping[str, Alert] | None = None
) -> AsyncIterator[AlertDesk]:
    """A desk that works for as long as the block lasts, if there is anybody to tell."""
    async with _heartbeat(settings, clock) as heartbeat:
        desk = AlertDesk(settings, store, clock, standing, heartbeat)
        wanted = heartbeat or settings.alerts.urls
        running = asyncio.create_task(desk.run(), name="alerts") if wanted else None
        try:
            yield desk
        finally:
            if running:
                running.cancel()
                await asyncio.wait({running})


@asynccontextmanager
async def _heartbeat(settings: Settings, clock: Clock) -> AsyncIterator[Heartbeat | None]:
    """The heartbeat with a client of its own, if there is one."""
    url, network = settings.alerts.heartbeat_url.get_secret_value(), settings.network
    if not url:
        yield None
        return
    async with build_http(proxy=network.proxy, ca_file=str(network.ca_file)) as http:
        yield Heartbeat(url, http, clock)


def _read(text: str) -> Kept:
    """What an earlier process has kept; nothing where this one does not understand it."""
    try:
        return _KEPT.validate_json(text) if text else Kept()
    except ValidationError:
        tell(Event.ALERTS_FORGOTTEN)
        return Kept()
