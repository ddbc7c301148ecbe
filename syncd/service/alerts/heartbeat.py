"""The heartbeat: an address that is fetched while all is well, so that silence is noticed elsewhere."""

import httpx

from syncd.clock import Clock
from syncd.events import Event, tell
from syncd.http import HttpError, send

_EVERY = 60.0
_LIMIT = 10.0
_GOOD = 300


class Heartbeat:
    """Fetches the address, at most once a minute; it is a secret and is never named."""

    def __init__(self, url: str, http: httpx.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._next = clock.monotonic()
        self._failing = False

    async def beat(self) -> bool:
        """Fetch it; False where it is too early. That it fails is logged once, and stops nothing."""
        if self._clock.monotonic() < self._next:
            return False
        self._next = self._clock.monotonic() + _EVERY
        why = await self._fetched()
        if why and not self._failing:
            tell(Event.HEARTBEAT_FAILED, error=why, hint="check [alerts] heartbeat_url")
        if self._failing and not why:
            tell(Event.HEARTBEAT_RECOVERED)
        self._failing = bool(why)
        return True

    async def _fetched(self) -> str:
        try:
            answer = await send(self._http, self._http.build_request("GET", self._url), timeout=_LIMIT)
        except HttpError as error:
            return str(error)
        return "" if answer.status < _GOOD else f"HTTP status {answer.status}"
