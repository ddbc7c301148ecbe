"""The first page: how each shop stands, what is held and why, and what has changed last."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.model.cases import Case, State
from syncd.model.reasons import EXPLANATIONS, Reason, hint_for
from syncd.service.daemon_state import Daemon, Sign, last_sign, state_of
from syncd.service.health import Health, Level, health_of
from syncd.service.page.asking import Look
from syncd.store.cases import Filter
from syncd.store.tallies import Tallies, Tally

_RECENT = 8
_LEVELS = {
    Level.OK: ("fine", "good"),
    Level.WARNING: ("warning", "warn"),
    Level.CRITICAL: ("critical", "bad"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """The held cases of one reason, and what is typed about one of them."""

    reason: str
    sentence: str
    tally: Tally
    hint: str


@dataclass(frozen=True, slots=True)
class ShopCard:
    """One shop."""

    name: str
    domain: str
    health: Health
    held: tuple[Held, ...]
    recent: tuple[Case, ...]

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        return _LEVELS[self.health.level][0]

    @property
    def mood(self) -> str:
        """The class of that word."""
        return _LEVELS[self.health.level][1]


def view(look: Look) -> Mapping[str, object]:
    """All shops, the worst first in the title."""
    shops = [_shop(look, name) for name in look.settings.shops]
    worst = max(shops, key=lambda shop: shop.health.level)
    sign = last_sign(look.store)
    return {"shops": shops, "worst": worst, "daemon": _daemon(look, sign), "sign": sign}


def _daemon(look: Look, sign: Sign | None) -> str:
    """What is said of the daemon: it answers, so it runs, but it may be stuck."""
    stuck = state_of(sign, look.now, running=True) is Daemon.STUCK
    return "gives no sign" if stuck else "runs"


def _shop(look: Look, name: str) -> ShopCard:
    settings = look.settings.shops[name]
    held = Tallies(look.store.database, name).held()
    return ShopCard(
        name=name,
        domain=settings.shopify.domain,
        health=health_of(look.store, name, settings, look.now, State),
        held=tuple(
            _held(name, reason, held[reason]) for reason in sorted(held, key=lambda r: -held[r].count)
        ),
        recent=tuple(look.store.cases.select(Filter(shop=name), _RECENT)),
    )


def _held(shop: str, reason: str, tally: Tally) -> Held:
    known = Reason(reason) if reason in {one.value for one in EXPLANATIONS} else None
    return Held(
        reason=reason,
        sentence=EXPLANATIONS[known].sentence if known else "",
        tally=tally,
        hint=hint_for(known, f"{shop}:CASE") if known else "",
    )
