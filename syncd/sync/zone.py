"""The time zone in which a shop's days begin: that of the Shopify shop."""

from zoneinfo import ZoneInfo

from syncd.clock import zone_named
from syncd.model import notes
from syncd.shopify.reads import read_shop
from syncd.sync.shop import Shop


async def zone_of(shop: Shop) -> ZoneInfo:
    """The shop's time zone, read once and remembered; UTC where this machine does not know it.

    Raises:
        ApiError: It is not known yet and could not be read.
    """
    memory, key = shop.store.memory, notes.zone(shop.shopify.settings.domain)
    name = memory.get(key)
    if name is None:
        name = (await read_shop(shop.shopify)).time_zone
        memory.put(key, name)
    return zone_named(name)
