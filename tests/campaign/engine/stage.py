"""Both stand-ins under virtual time, with a story that is told and an oracle that watches."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from syncd.config import Settings, load
from syncd.sandbox.faults import FaultKind, Front, Outcome
from syncd.sandbox.http import Request
from syncd.sandbox.pair import Pair
from tests.campaign import canaries
from tests.campaign.engine.line import Exchanged
from tests.campaign.engine.loop import TrueClock
from tests.campaign.engine.oracle import Limits, Oracle
from tests.campaign.engine.schedule import Schedule
from tests.campaign.engine.story import Story

TIKTOK = "http://127.0.0.1:1"
SHOPIFY = "http://127.0.0.1:2"
_ARRIVING = frozenset({FaultKind.STALL, FaultKind.DRIP})
Tables = Mapping[str, Mapping[str, object]]


class Stage:
    """Where a world plays. `figures` counts what goes on."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self.schedule = Schedule()
        self.clock = TrueClock(self.schedule.time)
        self.pair = Pair(self.clock)
        self.story = Story(self.schedule.time)
        self.oracle = Oracle(self.pair, limits, self.story)
        self.schedule.after = self.oracle.look
        self.figures: Counter[str] = Counter()
        self._login = self.pair.tiktok.login.refresh_token

    @property
    def now(self) -> float:
        """Seconds since the start of the world."""
        return self.schedule.time.now

    @property
    def fronts(self) -> Mapping[str, Front]:
        """Both sides, by their addresses."""
        return {TIKTOK: self.pair.tiktok_server.front, SHOPIFY: self.pair.shopify_server.front}

    def settings(self, store: Path, tables: Tables) -> Settings:
        """The configuration for that store, read from a file like any other."""
        own = {name: dict(keys) for name, keys in tables.items()}
        own["shops.us.tiktok"] = {
            "api_base": TIKTOK,
            "auth_base": TIKTOK,
            "refresh_token": self._login,
        }
        own.setdefault("shops.us.shopify", {})["api_base"] = SHOPIFY
        path = store.with_suffix(".toml")
        path.write_text(self.pair.config(store, tables=own))
        path.chmod(0o600)
        return load(path, {}, None).settings

    def exchanged(self, who: str) -> Exchanged:
        """What is to be known of each request of that process."""

        def heard(operation: str, request: Request, outcome: Outcome) -> None:
            self.figures["requests"] += 1
            self.story.exchange(who, operation, request, outcome)
            arrives = outcome.wire is None or outcome.wire.kind in _ARRIVING
            if operation.endswith("s/search") and arrives:
                self.oracle.heard(outcome.reply.body)

        return heard

    def secrets_seen(self, stores: list[Path]) -> list[str]:
        """Where a secret stands that must stand nowhere."""
        logged = canaries.in_text("\n".join(map(repr, self.story.logged)))
        return [
            *(f"log: {one}" for one in logged),
            *(one for store in stores for one in canaries.in_store(store)),
        ]
