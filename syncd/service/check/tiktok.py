"""A TikTok Shop: the login, its shops and scopes, and whether cases can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.config.tables import Shop as ShopSettings
from syncd.decide.scopes import TIKTOK_SHOPS, compare, tiktok_needs
from syncd.errors import MissingScope
from syncd.model import notes
from syncd.model.cases import Kind, Snapshot
from syncd.service.check.result import Result, critical, fine, warning
from syncd.service.health import login_findings, tiktok_login
from syncd.service.words import until
from syncd.store.store import Store
from syncd.sync.shop import Shop
from syncd.tiktok.client import FILTERS, AuthorisedShop
from syncd.tiktok.wire import snapshot_from

_SPANS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
_ENOUGH = 10


@dataclass(slots=True)
class TikTokSide:
    """The checks of one shop, in their order: without a login cases are not asked for.

    `latest` are cases that were changed lately, the newest first, once read.
    """

    shop: Shop
    settings: ShopSettings
    logins: Store
    works: bool = False
    latest: list[Snapshot] | None = field(default=None)

    async def login(self) -> list[Result]:
        """Whether it works, and is for the shop that is meant."""
        check, cipher = "TikTok login", self.settings.tiktok.shop_cipher
        try:
            shops = await self.shop.tiktok.shops()
            self.works = True
        except MissingScope as error:
            if error.scope == TIKTOK_SHOPS and cipher:
                self.works = True
                return [fine(check, "it works; which shops it is for is not shown to the app")]
            raise
        meant = [shop for shop in shops if shop.cipher == cipher] if cipher else list(shops)
        if len(meant) == 1:
            return [fine(check, f"it works: {meant[0].name}, {meant[0].region}")]
        table = f"[shops.{self.shop.name}.tiktok]"
        if not shops:
            remedy = f"syncd auth tiktok --shop {self.shop.name}"
            return [critical(check, "it is for no shop", remedy)]
        what = (
            f"shop_cipher is of none of its shops: {_named(shops)}"
            if cipher
            else f"it is for {_named(shops)}"
        )
        return [critical(check, what, f"set shop_cipher in {table} to the one of {self.shop.name}")]

    async def authorisation(self) -> list[Result]:
        """How long it lasts, and what it allows."""
        now = self.shop.clock.now()
        key, token = tiktok_login(self.logins, self.shop.name, self.settings)
        if token is None:
            return []
        found = login_findings(self.shop.name, token, self.logins.memory.get(notes.unrenewed(key)), now)
        results = [Result(one.level, "authorisation", one.what, one.hint) for one in found]
        good = [fine("authorisation", _lasts(token.refresh_expires_at, now))]
        return [*(results or good), *self._scopes(token.scopes)]

    def _scopes(self, granted: Sequence[str]) -> list[Result]:
        check = "TikTok scopes"
        if not granted:
            return [fine(check, "TikTok does not tell which were granted; what is refused below is missing")]
        compared = compare(tiktok_needs(cipher_known=bool(self.settings.tiktok.shop_cipher)), granted)
        remedy = f"add it to the app in Partner Center, then: syncd auth tiktok --shop {self.shop.name}"
        missing = [
            (critical if need.required else warning)(check, f"{need.scope} is missing, {need.why}", remedy)
            for need in compared.missing
        ]
        more = f"; not needed: {', '.join(compared.excess)}" if compared.excess else ""
        return missing or [fine(check, f"all that is needed{more}")]

    async def cases(self) -> list[Result]:
        """Whether cases can be read, in the version of the API that is asked for."""
        if not self.works:
            return [warning("TikTok cases", "not looked at", "see TikTok login")]
        counts: dict[Kind, int] = {}
        latest: list[Snapshot] = []
        for kind in self.shop.policy.kinds:
            rows = await self._newest(kind)
            counts[kind] = len(rows)
            latest += rows
        self.latest = sorted(latest, key=lambda case: case.updated_at, reverse=True)
        return [fine("TikTok cases", f"they can be read; looked at lately: {_counted(counts)}")]

    async def _newest(self, kind: Kind) -> list[Snapshot]:
        """Some that were changed lately: of the shortest time in which there are enough."""
        now = self.shop.clock.now()
        rows: Sequence[Mapping[str, object]] = ()
        for span in _SPANS:
            page = await self.shop.tiktok.search(FILTERS[kind](updated_from=now - span))
            rows = page.rows
            if len(rows) >= _ENOUGH:
                break
        return [snapshot_from(row) for row in rows]


def _named(shops: Sequence[AuthorisedShop]) -> str:
    return ", ".join(f"{shop.name} {shop.region} ({shop.cipher})" for shop in shops)


def _lasts(ends: datetime | None, now: datetime) -> str:
    if ends is None:
        return "TikTok does not tell when it ends"
    return f"it ends {until(ends, now)}, {ends:%Y-%m-%d}"


def _counted(counts: Mapping[Kind, int]) -> str:
    return ", ".join(f"{count} {kind.value}s" for kind, count in counts.items())
