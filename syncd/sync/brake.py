"""The brake: if TikTok no longer knows what it told us, it is the wrong shop, and nothing is written."""

from datetime import datetime, timedelta

from syncd.errors import ShopStopped
from syncd.model import notes
from syncd.model.tokens import Memory
from syncd.sync.shop import Shop
from syncd.tiktok.client import FILTERS

PERIOD = timedelta(hours=1)
"""How often some known cases are asked for by id; while the brake is on, at every cycle."""
_SAMPLE = 5


async def check(shop: Shop) -> None:
    """Ask for some known cases now and then, and put the brake on if TikTok knows none of them.

    Only cases that were there at the last good check are asked for: newer ones may be another shop's.

    Raises:
        ShopStopped: The brake is on.
        ApiError: TikTok could not be asked; the brake stays as it is.
    """
    memory, now = shop.store.memory, shop.clock.now()
    checked, braked = f"known-checked:{shop.name}", notes.brake(shop.name)
    known = memory.get(checked)
    last = datetime.fromisoformat(known) if known else now
    if memory.get(braked) or now - last >= PERIOD:
        forgotten = await _forgotten(shop, last)
        memory.put(braked, "on" if forgotten else "")
        if forgotten:
            raise _wrong_shop(shop.name)
        last = now
    if last.isoformat() != known:
        memory.put(checked, last.isoformat())


def is_on(memory: Memory, shop: str) -> bool:
    """Whether the brake of that shop is on."""
    return bool(memory.get(notes.brake(shop)))


async def _forgotten(shop: Shop, last: datetime) -> bool:
    """Whether there are known cases, and TikTok knows none of them, of whatever kind."""
    forgotten = False
    for kind in shop.policy.kinds:
        known = shop.store.cases.newest(shop.name, kind, last, _SAMPLE)
        if known and (await shop.tiktok.search(FILTERS[kind](ids=tuple(known)))).rows:
            return False
        forgotten = forgotten or bool(known)
    return forgotten


def _wrong_shop(name: str) -> ShopStopped:
    return ShopStopped(
        "TikTok knows none of this shop's latest cases any more, so nothing is written",
        api="tiktok",
        operation="returns/search",
        hint=f"check shop_cipher and refresh_token of shops.{name}.tiktok: they are of another shop",
    )
