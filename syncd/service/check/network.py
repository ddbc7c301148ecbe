"""The way to both sides, and the clock: without any login."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx

from syncd.clock import Clock
from syncd.config import Settings
from syncd.http import NO_WAY_HINT, HttpError, send
from syncd.service.check.result import Result, critical, fine, warning
from syncd.tiktok.headers import ahead_of

_OFF, _AHEAD, _BEHIND = timedelta(seconds=5), timedelta(seconds=25), timedelta(minutes=4)
"""TikTok takes the time of a request from 5 minutes behind to 30 seconds ahead (Sign your API request)."""
_CLOCK_REMEDY = "set the clock of this machine, and keep it right: timedatectl set-ntp true"
_FRESH = 300.0


class Network:
    """Asks every address once; `aheads` is what that told of the clock, in seconds."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, clock: Clock) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self.aheads: list[float] = []

    def bases(self, shops: Iterable[str]) -> Mapping[str, str]:
        """The base addresses of these shops, and what each is."""
        found: dict[str, str] = {}
        for name in shops:
            shop = self._settings.shops[name]
            found.setdefault(shop.shopify.base, "Shopify")
            found.setdefault(shop.tiktok.api_base, "TikTok Shop's API")
            found.setdefault(shop.tiktok.auth_base, "TikTok Shop's token service")
        return found

    async def reach(self, base: str, what: str) -> list[Result]:
        """Whether the address answers at all, whatever it says."""
        request = self._http.build_request("HEAD", base)
        timeout = self._settings.network.timeout.total_seconds()
        before, started = self._clock.now(), self._clock.monotonic()
        try:
            answer = await send(self._http, request, timeout=timeout)
        except HttpError as error:
            return [
                critical("network", f"{what}, {urlsplit(base).netloc}: {error}", f"{NO_WAY_HINT}; ca_file")
            ]
        took = self._clock.monotonic() - started
        ahead = ahead_of(answer, before + timedelta(seconds=took / 2))
        if ahead is not None:
            self.aheads.append(ahead)
        way = " through the proxy" if self._settings.network.proxy else ""
        return [fine("network", f"{what}, {urlsplit(base).netloc}, answers in {took * 1000:.0f} ms{way}")]

    async def clock(self) -> list[Result]:
        """This machine's clock against theirs, to about a second."""
        if not self.aheads:
            return [warning("clock", "not compared: no answer had a time", "see what the network says")]
        ahead = timedelta(seconds=median(self.aheads))
        off = abs(ahead.total_seconds())
        what = f"the clock is {off:.0f} s {'ahead' if ahead > timedelta() else 'behind'}"
        if ahead > _AHEAD or -ahead > _BEHIND:
            return [critical("clock", f"{what}: TikTok refuses requests", _CLOCK_REMEDY)]
        return [
            warning("clock", what, _CLOCK_REMEDY)
            if abs(ahead) > _OFF
            else fine("clock", "the clock is right")
        ]

    async def metrics(self, *, running: bool) -> list[Result]:
        """Whether a monitoring system sees the daemon while it runs."""
        wanted = self._settings.metrics
        if not wanted.listen and not wanted.textfile:
            return [fine("metrics", "off")]
        if not running:
            return [fine("metrics", "not looked at: the daemon does not run")]
        found = [await self._served(wanted.listen)] if wanted.listen else []
        return [*found, _written(Path(wanted.textfile), self._clock.now())] if wanted.textfile else found

    async def _served(self, listen: str) -> Result:
        request = self._http.build_request("GET", f"http://{listen}/healthz")
        try:
            answer = await send(self._http, request, timeout=5.0)
        except HttpError as error:
            return warning("metrics", f"{listen}: {error}", "[metrics] listen takes effect with a restart")
        if answer.status != httpx.codes.OK:
            return warning(
                "metrics", f"{listen} says that the daemon makes no progress", "journalctl -u syncd"
            )
        return fine("metrics", f"served on {listen}")


def _written(path: Path, now: datetime) -> Result:
    try:
        age = now.timestamp() - path.stat().st_mtime
    except OSError as error:
        return warning(
            "metrics", f"{path}: {error.strerror}", "see that the daemon may write into its folder"
        )
    if age > _FRESH:
        return warning("metrics", f"{path} was written {age:.0f} s ago", "journalctl -u syncd tells why")
    return fine("metrics", f"{path} is fresh")
