"""The brake: if TikTok no longer knows what it told us, it is the wrong shop, and nothing is written."""

from datetime import datetime, timedelta

from syncd.errors import ShopStopped
from syncd.sync.shop import Shop
from syncd.tiktok.client import ReturnFilters

PERIOD = timedelta(hours=1)
"""How often some known cases are asked for by id; while the brake is on, at every cycle."""
_SAMPLE = 5


async def check(shop: Shop) -> None:
    """Ask for the newest known cases now and then, and put the brake on if TikTok knows none of them.

    Raises:
        ShopStopped: The brake is on.
        ApiError: TikTok could not be asked; the brake stays as it is.
    """
    memory, now = shop.store.memory, shop.clock.now()
    checked, braked = f"known-checked:{shop.name}", f"brake:{shop.name}"
    on = bool(memory.get(braked))
    if not on and not _is_time(memory.get(checked), now):
        memory.put(checked, memory.get(checked) or now.isoformat())
        return
    forgotten = await _forgotten(shop)
    memory.put(checked, now.isoformat())
    memory.put(braked, "on" if forgotten else "")
    if forgotten:
        raise ShopStopped(
            "TikTok knows none of this shop's latest cases any more, so nothing is written",
            api="tiktok",
            operation="returns/search",
            hint=f"check shop_cipher and refresh_token of shops.{shop.name}.tiktok: they are of another shop",
        )


def _is_time(checked: str | None, now: datetime) -> bool:
    return checked is not None and now - datetime.fromisoformat(checked) >= PERIOD


async def _forgotten(shop: Shop) -> bool:
    known = shop.store.cases.newest(shop.name, _SAMPLE)
    if not known:
        return False
    page = await shop.tiktok.search_returns(ReturnFilters(return_ids=tuple(known)))
    return not page.rows
