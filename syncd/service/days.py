"""Times that people name by a day, each shop's by its own time zone."""

from collections.abc import Mapping
from datetime import datetime

from syncd.clock import zone_named
from syncd.config.settings import Settings
from syncd.errors import UsageError
from syncd.model import notes
from syncd.model.period import begin, moment
from syncd.store.filters import OTHERS
from syncd.store.store import Store


def by_shop(store: Store, settings: Settings, typed: str | None) -> Mapping[str, datetime]:
    """When that is for each shop, and under `OTHERS` for any that the settings do not have; empty for None.

    A shop whose zone the store has not learnt yet has its days in UTC.

    Raises:
        UsageError: It is neither a day nor a time.
    """
    if typed is None:
        return {}
    try:
        named = moment(typed)
    except ValueError as error:
        raise UsageError(str(error)) from None
    domains = {name: shop.shopify.domain for name, shop in settings.shops.items()}
    zones = {name: store.memory.get(notes.zone(domain)) for name, domain in domains.items()}
    return {name: begin(named, zone_named(zone or "UTC")) for name, zone in {**zones, OTHERS: None}.items()}
