"""The last alert of a daemon that ends by itself.

A daemon that cannot live is started again and again, and its store may be what fails. So that this is told
once an hour and no more, an empty file tells by its name and time what was told: beside the store, or where
that is read-only in the folder that systemd made for us.
"""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.config.settings import Settings
from syncd.errors import StoreDamaged, StoreTrouble, SyncdError
from syncd.events import Event, tell
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import MEANINGS, Kind
from syncd.service.alerts.message import Message, lines_of, signature
from syncd.service.alerts.send import Sender

_LIMIT = 10.0
_LONGEST = 20.0
_AGAIN = timedelta(hours=1)
_KINDS = (Kind.STORE_TROUBLE, Kind.DAEMON_ENDED)


async def last_words(settings: Settings, error: BaseException | None, now: datetime) -> None:
    """Tell every address why the daemon ends, unless that was told within the hour. Never raises.

    Without an error it ends because no login of any shop is accepted.
    """
    try:
        async with asyncio.timeout(_LONGEST):
            await _tell_all(settings, _alert(error), now)
    except Exception as trouble:  # noqa: BLE001 - the daemon ends for another reason, which must stay on top
        tell(Event.ALERT_NOT_SENT, error=type(trouble).__name__)


def endings(store: Path) -> dict[Kind, datetime]:
    """What was told by the last words of earlier processes, and when."""
    found: dict[Kind, datetime] = {}
    for kind in _KINDS:
        for path in _files(store, kind):
            if path.exists():
                found[kind] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return found


def forget(store: Path) -> None:
    """The daemon lives again."""
    for kind in _KINDS:
        for path in _files(store, kind):
            path.unlink(missing_ok=True)


async def _tell_all(settings: Settings, alert: Alert, now: datetime) -> None:
    told = endings(settings.store.path).get(alert.kind)
    sender = Sender(settings)
    if not sender.addresses or (told and timedelta() <= now - told < _AGAIN):
        return
    body = "\n".join([*lines_of(alert), "", signature(now)])
    message = Message(f"syncd: {alert.title}", body, alert.level)
    sending = (sender.deliver(address, message, limit=_LIMIT) for address in sender.addresses)
    reasons = await asyncio.gather(*sending)
    for address, why in zip(sender.addresses, reasons, strict=True):
        if why:
            tell(Event.ALERT_NOT_SENT, address=address.label, error=why)
    if not all(reasons):
        _note(settings.store.path, alert.kind, now)


def _alert(error: BaseException | None) -> Alert:
    if error is None:
        what, hint = "No login of any shop is accepted any more.", "See which, and what to do: syncd status"
        return Alert(Kind.DAEMON_ENDED, what=what, hint=hint)
    kind = Kind.STORE_TROUBLE if isinstance(error, StoreTrouble | StoreDamaged) else Kind.DAEMON_ENDED
    todo = MEANINGS[kind].todo
    if not isinstance(error, SyncdError):
        # Not the error's own text: nobody knows what is in it.
        return Alert(kind, what=f"The program failed ({type(error).__name__}).", hint=todo)
    return Alert(kind, what=str(error), hint=error.hint or todo)


def _note(store: Path, kind: Kind, now: datetime) -> None:
    for path in _files(store, kind):
        try:
            path.touch(mode=0o600)
            os.utime(path, (now.timestamp(), now.timestamp()))
        except OSError:
            continue
        return


def _files(store: Path, kind: Kind) -> Iterator[Path]:
    yield store.with_name(f"{store.name}.{kind}")
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder:
        yield Path(folder.split(":", maxsplit=1)[0]) / f"{store.name}.{kind}"
