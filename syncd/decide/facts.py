"""What a decision is made from, and how a rule ends it early."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from syncd.model.cases import Case
from syncd.model.match import Match
from syncd.model.orders import Assignment, Location, Order, TikTokOrder
from syncd.model.plans import Plan, hold, wait
from syncd.model.reasons import Reason


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of a case at one moment.

    `tiktok_order` is None where TikTok does not show it. `order` is None where it was not read or is gone.
    `assignments` are only given for orders with unfulfilled units, `locations` only where one is configured.
    `waited` is for how long the order has been looked for. `asked` is how many units Shopify was asked to put
    back with the money, by place: see `syncd.decide.outcome.put_back`. The order may be there unseen where
    `search_trouble` says what went wrong with a search, or where it is `out_of_reach` of our app.
    """

    case: Case
    match: Match = Match()
    tiktok_order: TikTokOrder | None = None
    order: Order | None = None
    assignments: tuple[Assignment, ...] = ()
    locations: tuple[Location, ...] = ()
    waited: timedelta = timedelta()
    asked: Mapping[str, int] = field(default_factory=dict)
    search_trouble: str = ""
    out_of_reach: bool = False


class Stop(Exception):
    """A rule has the last word: this is the plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.plan = plan


def stop_hold(reason: Reason, detail: str = "", subjects: tuple[str, ...] = ()) -> NoReturn:
    """End the decision: a person has to look."""
    raise Stop(hold(reason, detail, subjects))


def stop_wait(reason: Reason, detail: str = "") -> NoReturn:
    """End the decision: look again later."""
    raise Stop(wait(reason, detail))
