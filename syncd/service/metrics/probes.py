"""Whether the daemon lives, and whether it does its work."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from http import HTTPStatus

from syncd.config.settings import Settings
from syncd.errors import SyncdError
from syncd.redaction import REDACTOR
from syncd.service.health import Level, health_of
from syncd.service.metrics.pages import Reply, text
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

_BAD = HTTPStatus.SERVICE_UNAVAILABLE


def healthz(alive: bool) -> Reply:
    """200 as long as work goes on."""
    return text(HTTPStatus.OK, "ok") if alive else text(_BAD, "no progress: the log says where it stands")


def readyz(settings: Settings | None, now: datetime) -> Reply:
    """200 where the store can be used and no enabled shop is critical; else why not, without secrets.

    No settings are in effect as long as the daemon is only starting.
    """
    if settings is None:
        return text(_BAD, "starting")
    try:
        bad = list(_critical(settings, now))
    except SyncdError as error:
        bad = [error.what]
    return text(_BAD, REDACTOR.text("\n".join(bad))) if bad else text(HTTPStatus.OK, "ok")


def _critical(settings: Settings, now: datetime) -> Iterator[str]:
    with closing(Store.look(settings.store.path, snapshot_from)) as store:
        for name, shop in settings.shops.items():
            health = health_of(store, name, shop, now)
            if health.level is Level.CRITICAL:
                yield f"{name}: {health.why}"
