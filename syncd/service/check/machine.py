"""This machine: the config file, the store, the disk, the daemon."""

import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from syncd.config import Settings
from syncd.config.load import Loaded
from syncd.errors import SyncdError
from syncd.service.check.result import Result, critical, fine, warning
from syncd.service.daemon_state import Daemon, finding, last_sign, state_of
from syncd.service.health import Level
from syncd.service.session import become_owner, is_running, reading
from syncd.service.words import ago
from syncd.store.checking import look_over
from syncd.tiktok.wire import snapshot_from

_LITTLE, _ALMOST_NONE = 1024**3, 100 * 1024**2
_OTHERS_MAY_WRITE, _GROUP_MAY_WRITE = stat.S_IWOTH, stat.S_IWGRP


def config(loaded: Loaded) -> Iterator[Result]:
    """What was found wrong when it was loaded, and who may change it."""
    yield from (critical("config", line, "set it") for line in loaded.lacking)
    yield from (warning("config", line, "see: syncd config example") for line in loaded.warnings)
    path = loaded.path
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield critical("config", f"{path}: {error.strerror}", "")
        return
    if mode & _OTHERS_MAY_WRITE:
        yield critical("config", f"{path} may be changed by everybody", f"chmod o-w {path}")
    elif mode & _GROUP_MAY_WRITE:
        yield warning("config", f"{path} may be changed by its group", f"chmod g-w {path}")
    elif not loaded.lacking:
        yield fine("config", f"{path} can be used, {len(loaded.settings.shops)} in [shops]")


def store(settings: Settings) -> Iterator[Result]:
    """Whether it is as it was written, as `syncd db check` tells it look by look, and kept from others."""
    path = settings.store.path
    if not path.exists():
        yield fine("store", f"{path}: there is none yet; the first start makes it")
        return
    become_owner(path)
    looks = list(look_over(path, snapshot_from))
    if looks[-1].trouble:
        yield critical("store", looks[-1].text, looks[-1].hint)
        return
    yield fine("store", f"{path} is whole: {looks[-1].text}")
    yield from _kept_from_others(path)


def _kept_from_others(path: Path) -> Iterator[Result]:
    """The tokens are in there; and what root has made the daemon cannot write."""
    owner = path.parent.stat().st_uid
    for file in sorted(path.parent.glob(f"{path.name}*")):
        found = file.stat()
        if found.st_mode & 0o077:
            mode = stat.S_IMODE(found.st_mode)
            yield warning("files", f"{file} has mode {mode:04o}: others may read it", f"chmod 600 {file}")
        if found.st_uid != owner:
            names = f"{_name(found.st_uid)}, and its folder to {_name(owner)}"
            yield critical("files", f"{file} belongs to {names}", f"chown {_name(owner)}: {file}")


def disk(settings: Settings) -> Iterator[Result]:
    """Whether there is room: without, nothing can be recorded, so nothing is sent."""
    folder = next(p for p in settings.store.path.parents if p.exists())
    free = shutil.disk_usage(folder).free
    what = f"{free / 1024**3:.1f} GiB free for the store"
    if free < _LITTLE:
        make = critical if free < _ALMOST_NONE else warning
        yield make("disk", what, f"make room on the disk of {folder}")
    else:
        yield fine("disk", what)


def daemon(settings: Settings, now: datetime) -> Iterator[Result]:
    """Whether it runs, as `syncd status` tells it."""
    path = settings.store.path
    sign = None
    if path.exists():
        with reading(path) as found:
            sign = last_sign(found)
    state = state_of(sign, now, running=runs(settings))
    found_out = finding(state, sign, settings, now)
    if found_out.level > Level.OK:
        yield Result(found_out.level, "daemon", found_out.what, found_out.hint)
    else:
        seen = f", seen {ago(sign.at, now)}" if sign else ""
        yield fine("daemon", f"it runs{seen}" if state is Daemon.RUNNING else "it does not run")


def runs(settings: Settings) -> bool:
    """Whether some process holds the store; nothing is made where there is none."""
    path = settings.store.path
    with suppress(SyncdError):
        return path.parent.exists() and is_running(path)
    return False


def alerts(settings: Settings) -> Iterator[Result]:
    """Whether anybody is told."""
    if settings.alerts.urls:
        heartbeat = ", and a heartbeat" if settings.alerts.heartbeat_url.get_secret_value() else ""
        yield fine("alerts", f"{len(settings.alerts.urls)} set{heartbeat}; a test: syncd check --alert")
    elif any(shop.sync.enabled for shop in settings.shops.values()):
        yield warning("alerts", "nobody is told when a person is needed", "set urls in [alerts]")
    else:
        yield fine("alerts", "none set")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
