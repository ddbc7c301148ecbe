"""One cycle of every shop, to its end."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.decide.claim import lease
from syncd.errors import CredentialsRefused, SyncdError
from syncd.model.reasons import Reason
from syncd.service.build import open_shops
from syncd.service.session import Preview
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult, ShopCycle
from syncd.sync.shop import Shop

_LEAST_PAUSE = 1.0  # seconds: a case that stays due must not be asked about without end
_SETTLING = (Reason.OUTCOME_UNKNOWN, Reason.CLAIMED_ELSEWHERE)


async def once(
    settings: Settings, store: Store, clock: Clock, *, polling: bool = True
) -> Mapping[str, CycleResult]:
    """One cycle of every enabled shop; writes whose outcome is unknown are waited for and settled.

    Without `polling` only what is due is worked on.
    """
    async with open_shops(settings, store, clock) as shops:
        enabled = [shop for shop in shops if shop.policy.enabled]
        results = await asyncio.gather(*(_one_shop(shop, polling=polling) for shop in enabled))
    return dict(zip((shop.name for shop in enabled), results, strict=True))


async def preview(settings: Settings, view: Preview, clock: Clock) -> Mapping[str, CycleResult]:
    """What the next cycle would do in every shop, also in those that are switched off. Nothing is written."""
    async with open_shops(
        settings, view.store, clock, logins=view.logins, may_refresh=view.may_refresh
    ) as shops:
        view.store.cases.all_due(clock.now())
        dry = [replace(shop, sends=False) for shop in shops]
        results = await asyncio.gather(*(ShopCycle(shop).run() for shop in dry))
    return dict(zip((shop.name for shop in dry), results, strict=True))


async def _one_shop(shop: Shop, *, polling: bool) -> CycleResult:
    cycle = ShopCycle(shop)
    result = await cycle.run(polling=polling)
    patience = shop.clock.monotonic() + _patience(shop).total_seconds()
    while (pause := next_settling(shop)) is not None and shop.clock.monotonic() + pause < patience:
        await shop.clock.sleep(max(pause, _LEAST_PAUSE))
        more = await cycle.run(polling=False)
        stuck = not more.ok
        result = replace(
            more,
            polled=result.polled,
            changed=result.changed,
            written=result.written + more.written,
            errors=result.errors + more.errors,
            poll_ok=result.poll_ok,
        )
        if stuck:
            break
    return result


def _patience(shop: Shop) -> timedelta:
    """Long enough for another instance's claim to run out and two looks to be taken."""
    return lease(shop.policy.settle) + shop.grace * 3


def next_settling(shop: Shop) -> float | None:
    """Seconds until the next case with an unknown outcome or a claim of somebody else can be looked at."""
    at = shop.store.cases.next_due(shop.name, _SETTLING)
    return None if at is None else max(0.0, (at - shop.clock.now()).total_seconds())


def exit_code(results: Mapping[str, CycleResult]) -> int:
    """0 where both sides could be used; 77 where no shop's login works; else that of the first error.

    A login that fails for one shop of several may well be mended while the others go on: 75.
    """
    return exit_of([result.errors for result in results.values()])


def exit_of(shops: Sequence[Sequence[SyncdError]]) -> int:
    """The same from the errors of each shop."""
    errors = [error for of_shop in shops for error in of_shop]
    refused = [any(isinstance(error, CredentialsRefused) for error in of_shop) for of_shop in shops]
    if refused and all(refused):
        return CredentialsRefused.exit_code
    others = [error.exit_code for error in errors if not isinstance(error, CredentialsRefused)]
    return next(iter(others), os.EX_TEMPFAIL if errors else 0)
