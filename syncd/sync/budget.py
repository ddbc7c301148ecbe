"""What may still be refunded in this cycle and today; days are those of the Shopify shop."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syncd.decide.guard import Ceiling, ceiling_for
from syncd.events import Event, tell
from syncd.model.money import Money
from syncd.model.spent import Spent
from syncd.sync.shop import Shop
from syncd.sync.zone import zone_of


class Budget:
    """The ceilings of one shop in one cycle; `reached` has those that stood in the way."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._spent: Spent | None = None
        self._lock = asyncio.Lock()
        self.reached: set[Ceiling] = set()

    async def take(self, amount: Money, *, let_through: bool = False) -> datetime | None:
        """Set that amount apart; None if it may be sent, else when to ask again.

        What a person has let through is counted, but not stopped.

        Raises:
            ApiError: The shop's time zone is not known yet and could not be read.
        """
        async with self._lock:
            zone = await zone_of(self._shop)
            start = self._today(zone)
            spent = self._spent or self._shop.store.intents.spent_since(self._shop.name, start)
            ceiling = ceiling_for(amount, spent, self._shop.policy)
            if ceiling is None or let_through:
                self._spent = spent.plus(amount)
                return None
        self._tell(ceiling)
        return self._tomorrow(zone) if ceiling is Ceiling.DAY else self._shop.clock.now()

    def _tell(self, ceiling: Ceiling) -> None:
        """Once a cycle."""
        if ceiling not in self.reached:
            tell(Event.CEILING_REACHED, ceiling=ceiling.name.lower())
        self.reached.add(ceiling)

    def _today(self, zone: ZoneInfo) -> datetime:
        return self._shop.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def _tomorrow(self, zone: ZoneInfo) -> datetime:
        noon_tomorrow = self._today(zone).replace(hour=12) + timedelta(days=1)
        return noon_tomorrow.replace(hour=0)
