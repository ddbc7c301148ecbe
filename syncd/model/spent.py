"""What was refunded lately, for the ceilings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from syncd.model.money import Money


@dataclass(frozen=True, slots=True)
class Spent:
    """Refunds that were sent: how many in this cycle and today, and today's minor units per currency."""

    in_cycle: int = 0
    today: int = 0
    money_today: Mapping[str, int] = field(default_factory=dict)

    def plus(self, amount: Money) -> "Spent":
        """With one more refund."""
        money = self.money_today.get(amount.currency, 0) + amount.minor
        return replace(
            self,
            in_cycle=self.in_cycle + 1,
            today=self.today + 1,
            money_today={**self.money_today, amount.currency: money},
        )
