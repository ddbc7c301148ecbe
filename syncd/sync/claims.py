"""Taking the claim on a case before anything of it is sent."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from syncd.decide.claim import Busy, Free, Ours, begun_in, generation_of, lease, standing, value
from syncd.model import mark
from syncd.model.cases import Case
from syncd.model.orders import Order
from syncd.model.rulings import Begun, last_ruling
from syncd.shopify.client import body
from syncd.shopify.operations import SET_CLAIM
from syncd.shopify.throttle import Reserve
from syncd.sync.shop import Shop


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send for one case until then, on both clocks: a process that froze has lost it."""

    until: datetime
    until_monotonic: float


@dataclass(frozen=True, slots=True)
class Claiming:
    """A claim about to be written: the metafield, and since when its lease counts."""

    case_id: str
    metafield: Mapping[str, object]
    now: datetime
    monotonic: float


Claim = Lease | Busy | Claiming
"""The right to send, or what is to be done for it."""


class Claims:
    """The claims of one process."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._leases: dict[str, Lease] = {}

    async def record(self, case: Case, order: Order) -> Lease | Busy:
        """Write the claim, also where it is held: it carries the last decision of a person. Errors as `take`.

        Doing it twice does no harm: the claim then says the same.
        """
        self._leases.pop(case.case_id, None)
        return await self.take(self.prepare(case, order, generation_of(order.claim)))

    def prepare(self, case: Case, order: Order, generation: int, begun: Begun | None = None) -> Claim:
        """The lease for this case, or how to take it over what `order` showed when it was read.

        `case` knows every decision that `order` carries: it is written again with the claim, and so is what
        was begun of a decision about returned units, if nothing is now. The token is durable before it is
        sent.
        """
        shop, case_id = self._shop, case.case_id
        carried = begun_in(order.claim)
        held = self._leases.pop(case_id, None)
        if held and self.holds(held) and begun in (None, carried):
            self._leases[case_id] = held
            return held
        now, monotonic = shop.clock.now(), shop.clock.monotonic()
        free = self._standing(case, order)
        if isinstance(free, Busy):
            return free
        ours = Ours(shop.store.instance, str(uuid.UUID(int=shop.chance.getrandbits(128), version=4)))
        shop.store.intents.keep_claim_token(shop.name, case_id, str(ours.token), now)
        metafield = {
            "ownerId": order.id,
            "namespace": mark.NAMESPACE,
            "key": mark.claim_key(case_id),
            "type": "json",
            "value": value(
                ours,
                now,
                shop.policy.settle,
                generation,
                ruling=last_ruling(case.rulings),
                begun=begun or carried,
            ),
            "compareDigest": free.digest,
        }
        return Claiming(case_id, metafield, now, monotonic)

    async def take(self, prepared: Claim, reserve: Reserve | None = None) -> Lease | Busy:
        """The lease, taken by compare-and-set, with points out of the `reserve`.

        Raises:
            ApiError: The claim was not taken, or nobody knows whether it was.
        """
        if not isinstance(prepared, Claiming):
            return prepared
        shop = self._shop
        content = body(SET_CLAIM, {"metafields": [prepared.metafield]})
        answer = await shop.shopify.send(SET_CLAIM, content, reserve=reserve)
        if answer.user_errors:
            return Busy(prepared.now + shop.policy.settle, "another instance")
        length = lease(shop.policy.settle)
        taken = Lease(prepared.now + length, prepared.monotonic + length.total_seconds())
        self._leases[prepared.case_id] = taken
        self._forget_old_ones()
        return taken

    def _forget_old_ones(self) -> None:
        """The first ones in the table are the oldest."""
        while self._leases and not self.holds(self._leases[oldest := next(iter(self._leases))]):
            del self._leases[oldest]

    def has(self, case: Case) -> bool:
        """Whether this process has the lease for that case now."""
        held = self._leases.get(case.case_id)
        return held is not None and self.holds(held)

    def busy(self, case: Case, order: Order) -> Busy | None:
        """Another instance that may still be sending for this case: what it sends may land yet."""
        found = self._standing(case, order)
        return found if isinstance(found, Busy) else None

    def _standing(self, case: Case, order: Order) -> Free | Busy:
        shop = self._shop
        known = Ours(shop.store.instance, shop.store.intents.claim_token(shop.name, case.case_id))
        return standing(order.claim, known, shop.clock.now(), shop.grace)

    def holds(self, held: Lease) -> bool:
        """Whether a request may be sent now; others wait for it to end after the lease is over."""
        clock = self._shop.clock
        return clock.now() < held.until and clock.monotonic() < held.until_monotonic
