"""Sending messages: each in a thread of its own, for a limited time, and without a word about addresses."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from syncd.config.settings import Settings
from syncd.redaction import REDACTOR
from syncd.service.alerts.addresses import Address, addresses_of
from syncd.service.alerts.catalogue import Level
from syncd.service.alerts.message import Message, signature
from syncd.service.alerts.through_apprise import UNREADABLE, load, sent, service
from syncd.service.alerts.words import shortened

T = TypeVar("T")

LIMIT = 30.0
"""Seconds for one message to one address."""
_LOADING = 60.0
_TITLE, _BODY, _WHY = 120, 20_000, 200


class Sender:
    """Delivers messages to the addresses of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.addresses: Sequence[Address] = addresses_of(settings.alerts.urls)
        self._network = settings.network
        REDACTOR.learn(*settings.secrets())
        self._busy: set[str] = set()
        self._loaded = False

    async def unusable(self) -> dict[str, str]:
        """The addresses that nothing can be sent to, by label, with the reason."""
        await self._load()
        return {address.label: UNREADABLE for address in self.addresses if service(address) is None}

    async def deliver(self, address: Address, message: Message, *, limit: float = LIMIT) -> str:
        """Send one message; nothing where it went through, else why it did not."""
        if address.digest in self._busy:
            return "the message before it is still on its way"
        try:
            await self._load()
            async with asyncio.timeout(limit):
                why = await self._aside(lambda: sent(address, self._clean(message)), address.digest)
        except TimeoutError:
            why = f"no answer within {limit:g} s"
        except Exception as error:  # noqa: BLE001 - a hundred services by others: whatever they do, we go on
            why = f"Apprise failed ({type(error).__name__})"
        return shortened(REDACTOR.text(address.masked(why)), _WHY)

    async def _load(self) -> None:
        if not self._loaded:
            async with asyncio.timeout(_LOADING):
                await self._aside(lambda: load(self._network), "")
            self._loaded = True

    async def _aside(self, work: Callable[[], T], name: str) -> T:
        """What the work gives, from a thread that the end of the program does not wait for."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            settling = _outcome(work, done)
            self._busy.discard(name)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(lambda: None if done.done() else settling())

        self._busy.add(name)
        threading.Thread(target=run, name="syncd-alert", daemon=True).start()
        return await done

    def _clean(self, message: Message) -> Message:
        """Within bounds, and without secrets."""
        body = message.body if len(message.body) <= _BODY else f"{message.body[: _BODY - 3]}..."
        return Message(REDACTOR.text(shortened(message.title, _TITLE)), REDACTOR.text(body), message.level)


async def send_test(settings: Settings, now: datetime) -> list[tuple[str, bool, str]]:
    """Send a test message to every address: its label, whether it went through, and if not, why."""
    sender = Sender(settings)
    body = f"This is a test. Alerts of syncd reach this address.\n\n{signature(now)}"
    message = Message("syncd: test", body, Level.INFO)
    reasons = await asyncio.gather(*(sender.deliver(address, message) for address in sender.addresses))
    return [(address.label, not why, why) for address, why in zip(sender.addresses, reasons, strict=True)]


def _outcome(work: Callable[[], T], done: asyncio.Future[T]) -> Callable[[], None]:
    """Do the work; what puts its result, or its failure, into `done`."""
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
        failure = error
        return lambda: done.set_exception(failure)
    return lambda: done.set_result(result)
