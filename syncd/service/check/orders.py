"""How both sides go together: the orders of the latest cases, who paid them, and who else refunds them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from syncd.decide.payment import payments, refundable
from syncd.decide.traces import case_of_refund, makers
from syncd.model import mark
from syncd.model.cases import Snapshot
from syncd.model.orders import Order
from syncd.service.check.result import Result, critical, fine, warning
from syncd.shopify.reads import read_makers, read_order
from syncd.sync.gather import Found, find
from syncd.sync.shop import Shop

_ORDERS = 10
"""TikTok orders that are looked for."""
_READ = 5
"""Of the found ones, those that are read whole."""
_NAMED = 3


@dataclass(slots=True)
class OrdersOfCases:
    """The checks over some cases. `shop` must have a store of its own: what is found is not remembered."""

    shop: Shop
    cases: Sequence[Snapshot]
    found: Found = field(default_factory=Found)
    orders: list[Order] = field(default_factory=list)

    async def matching(self) -> list[Result]:
        """How many are found, and by what."""
        check = "matching"
        wanted = list(dict.fromkeys(case.order_id for case in self.cases))[:_ORDERS]
        if not wanted:
            return [fine(check, "there are no cases of the last 30 days to try it on")]
        self.found = await find(self.shop, wanted)
        single = {key: match for key, match in self.found.matches.items() if len(match.order_ids) == 1}
        by = Counter(match.strategy for match in single.values())
        how = ", ".join(f"{count} by {strategy}" for strategy, count in by.most_common())
        what = f"{len(single)} of {len(wanted)} orders of the latest cases found" + (
            f": {how}" if how else ""
        )
        several = [key for key, match in self.found.matches.items() if len(match.order_ids) > 1]
        missing = [key for key in wanted if key not in self.found.matches]
        results = [fine(check, what)] if single else [critical(check, what, _MATCH)]
        if several:
            remedy = "make [match] more exact, or delete the double order"
            results.append(warning(check, f"several orders carry {_some(several)}", remedy))
        if missing and single:
            results.append(warning(check, f"not found: {_some(missing)}", _MATCH))
        results += [
            warning(check, f"Shopify did not understand the search by {trouble}", "correct [match]")
            for trouble in sorted(set(self.found.search_trouble.values()))
        ]
        return results

    async def payments(self) -> list[Result]:
        """Whether the money on these orders is one that may be refunded: TikTok's, paid by nobody twice."""
        check = "gateways"
        single = [match for match in self.found.matches.values() if len(match.order_ids) == 1]
        for match in single[:_READ]:
            order = await read_order(self.shop.shopify, match.order_ids[0], mark.claim_key("0"))
            self.orders += [order] if order else []
        if not self.orders:
            return [fine(check, "no order to look at")]
        known: Counter[tuple[str, bool]] = Counter()
        for order in self.orders:
            known.update({(sale.gateway, refundable(sale, self.shop.policy)) for sale in payments(order)})
        unpaid = [order.name for order in self.orders if not payments(order)]
        return [*self._gateways(check, known), *_unpaid(check, unpaid), *self._currencies()]

    def _gateways(self, check: str, known: Counter[tuple[str, bool]]) -> Iterable[Result]:
        for (gateway, good), count in sorted(known.items()):
            times = f"on {count} of {len(self.orders)} orders"
            if good:
                yield fine(check, f"{gateway!r} {times}: may be refunded")
            else:
                what = f"{gateway!r} {times} is neither manual nor allowed: such refunds are held"
                remedy = "if it only records what TikTok was paid, add it to allowed_gateways"
                yield warning(check, what, f"{remedy} of [shops.{self.shop.name}.shopify]")

    def _currencies(self) -> Iterable[Result]:
        """Of TikTok's refund against the order's: where they differ nothing can be written."""
        order_of = {order.id: order for order in self.orders}
        bad: dict[str, str] = {}
        for case in self.cases:
            match = self.found.matches.get(case.order_id)
            order = order_of.get(match.order_ids[0]) if match else None
            if order and case.refund and case.refund.total.currency != order.currency:
                bad[order.name] = f"TikTok {case.refund.total.currency}, {order.name} {order.currency}"
        if bad:
            yield critical(
                "currency", "; ".join(bad.values()), "have orders imported in the buyer's currency"
            )
        elif self.orders:
            yield fine("currency", ", ".join(sorted({order.currency for order in self.orders})))

    async def others(self) -> list[Result]:
        """Whether other apps, or people, refund these orders as well."""
        check, made = "other apps", Counter[str]()
        for order in self.orders:
            strange = [refund for refund in order.refunds if case_of_refund(order, refund) is None]
            if strange:
                told = replace(order, makers=makers(order, await read_makers(self.shop.shopify, order.id)))
                made.update({told.makers.get(refund.id, "somebody") for refund in strange})
        if not made:
            return [fine(check, "no refund of others on these orders")] if self.orders else []
        who = ", ".join(f"{name} on {count}" for name, count in made.most_common())
        what = f"refunds of others on {len(self.orders)} orders: {who}"
        return [warning(check, what, "switch the refund sync of other apps off; such cases are held")]


_MATCH = "name in [match] where the connector keeps TikTok's order id: look at such an order in Shopify"


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more


def _unpaid(check: str, names: Sequence[str]) -> Iterable[Result]:
    if names:
        remedy = "have the connector mark orders as paid; else their refunds are held"
        yield warning(check, f"no payment on {_some(names)}", remedy)
