"""The world behind the stand-in: what a test or a demo puts in and changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack

from syncd.clock import Clock
from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType
from syncd.model.money import Money
from syncd.sandbox.tiktok.history import History
from syncd.sandbox.tiktok.world import (
    Paid,
    ReturnUnit,
    SandboxCancellation,
    SandboxOrder,
    SandboxReturn,
    SandboxShop,
    TikTokSale,
    Unit,
)

Units = int | Sequence[str] | None
"""Which units of an order: the first so many, these line ids, or (None) all."""


class ReturnDetails(TypedDict, total=False):
    """What else can be said of a return."""

    tracking_number: str
    quick_refund: bool
    keep_item: bool
    arbitration: str
    previous_id: str
    next_id: str
    reason: str
    reason_text: str
    extra: Mapping[str, object]


class ReturnChanges(ReturnDetails, total=False):
    """What can change about a return besides its status and its units."""

    type: ReturnType | str
    paid: Paid | None


class CancellationChanges(TypedDict, total=False):
    """What can change about a cancellation besides its status."""

    paid: Paid | None
    replenish: bool | None
    extra: Mapping[str, object]


class Market:
    """Orders, returns and cancellations of one or more shops; ids come from counters."""

    def __init__(self, clock: Clock, *, region: str = "US") -> None:
        self.clock = clock
        self.shops: list[SandboxShop] = []
        self.orders: dict[str, SandboxOrder] = {}
        self.returns: History[SandboxReturn] = History()
        self.cancellations: History[SandboxCancellation] = History()
        self._last_id = 0
        self.shop = self.add_shop("Sandbox Shop", region)

    def add_shop(self, name: str, region: str = "US") -> SandboxShop:
        """A further shop; the first one is `shop`."""
        shop = SandboxShop(self._id(7495), name, region, f"{region}_cipher-{len(self.shops) + 1:04d}=")
        self.shops.append(shop)
        return shop

    def add_order(
        self,
        lines: Sequence[TikTokSale],
        *,
        order_id: str = "",
        shipping: str = "0",
        tax: str = "0",
        currency: str = "USD",
        status: str = "COMPLETED",
        fulfillment_type: str = "FULFILLMENT_BY_SELLER",
        created_at: datetime | None = None,
        sample: bool = False,
        cash_on_delivery: bool = False,
        shop: SandboxShop | None = None,
    ) -> SandboxOrder:
        """An order of these lines; each unit gets a line id of its own."""
        at = created_at or self._now()
        units = tuple(self._unit(sale) for sale in lines for _ in range(sale.quantity))
        order = SandboxOrder(
            order_id=order_id or self._id(5764),
            shop=shop or self.shop,
            currency=currency,
            units=units,
            shipping=shipping,
            tax=tax,
            status=status,
            fulfillment_type=fulfillment_type,
            created_at=at,
            updated_at=at,
            sample=sample,
            cash_on_delivery=cash_on_delivery,
            paid_at=at if _pays(status, cash_on_delivery=cash_on_delivery) else None,
        )
        self.orders[order.order_id] = order
        return order

    def set_order_status(self, order: SandboxOrder, status: str) -> SandboxOrder:
        """Move an order on; cash on delivery is paid then, anything else once it is no longer UNPAID."""
        before, now = self.orders[order.order_id], self._now()
        pays = status != "CANCELLED" and _pays(status, cash_on_delivery=before.cash_on_delivery)
        paid_at = before.paid_at or (now if pays else None)
        moved = replace(before, status=status, updated_at=now, paid_at=paid_at)
        self.orders[order.order_id] = moved
        return moved

    def add_return(
        self,
        order: SandboxOrder,
        units: Units = None,
        *,
        type: ReturnType | str = ReturnType.RETURN_AND_REFUND,  # noqa: A002 - TikTok's own word
        status: ReturnStatus | str = ReturnStatus.PENDING,
        refund_total: str | None = None,
        shipping: str = "0",
        tax: str = "0",
        amount: bool = True,
        return_id: str = "",
        created_at: datetime | None = None,
        role: str = "BUYER",
        updated_at: datetime | None = None,
        **details: Unpack[ReturnDetails],
    ) -> SandboxReturn:
        """A return of these units, by default for their prices and the shipping part.

        `amount=False` leaves the amount out of the answers.
        """
        chosen = self._chosen(order, units)
        at = created_at or self._now()
        first = SandboxReturn(
            return_id=return_id or self._id(4035),
            order=order,
            units=chosen,
            type=type,
            status=status,
            paid=_paid(order, chosen, refund_total, shipping, tax) if amount else None,
            created_at=at,
            updated_at=updated_at or at,
            role=role,
        )
        return self.returns.put(at, replace(first, **details))

    def advance(
        self,
        case: SandboxReturn,
        status: ReturnStatus | str | None = None,
        *,
        touch: bool = True,
        **changes: Unpack[ReturnChanges],
    ) -> SandboxReturn:
        """Change a return now, from its newest state; `touch=False` leaves its update time as it is."""
        latest, now = self.returns.latest(case.return_id), self._now()
        moved = replace(
            latest, status=status or latest.status, updated_at=now if touch else latest.updated_at, **changes
        )
        return self.returns.put(now, moved)

    def change_units(self, case: SandboxReturn, units: Units) -> SandboxReturn:
        """Change what a return is about, now; its amount stays."""
        latest, now = self.returns.latest(case.return_id), self._now()
        kept = {unit.unit.line_id: unit for unit in latest.units}
        chosen = tuple(kept.get(unit.unit.line_id, unit) for unit in self._chosen(case.order, units))
        return self.returns.put(now, replace(latest, units=chosen, updated_at=now))

    def edit(self, case: SandboxReturn, units: Units = None) -> SandboxReturn:
        """The buyer edits the request: the old one is cancelled, and a new one takes its place."""
        edited = self.add_return(case.order, units, type=case.type, previous_id=case.return_id)
        self.advance(case, ReturnStatus.CANCELLED, next_id=edited.return_id)
        return edited

    def add_cancellation(
        self,
        order: SandboxOrder,
        units: Units = None,
        *,
        type: str = "BUYER_CANCEL",  # noqa: A002 - TikTok's own word
        status: str = "CANCELLATION_REQUEST_PENDING",
        refund_total: str | None = None,
        shipping: str = "0",
        tax: str = "0",
        amount: bool = True,
        replenish: bool | None = True,
        role: str = "BUYER",
    ) -> SandboxCancellation:
        """A cancellation of these units, by default for their prices and the shipping part.

        `amount=False` leaves the amount out of the answers. Once it is complete, so are its units cancelled.
        """
        chosen, at = self._chosen(order, units), self._now()
        cancellation = SandboxCancellation(
            cancel_id=self._id(4036),
            order=order,
            units=chosen,
            type=type,
            status=status,
            paid=_paid(order, chosen, refund_total, shipping, tax) if amount else None,
            created_at=at,
            updated_at=at,
            role=role,
            replenish=replenish,
        )
        return self._put(at, cancellation)

    def advance_cancellation(
        self, case: SandboxCancellation, status: str, **changes: Unpack[CancellationChanges]
    ) -> SandboxCancellation:
        """Move a cancellation on, now."""
        now = self._now()
        latest = self.cancellations.latest(case.cancel_id)
        return self._put(now, replace(latest, status=status, updated_at=now, **changes))

    def case(self, case_id: str) -> SandboxReturn | SandboxCancellation:
        """The newest state of a return or a cancellation; raises KeyError where there is none."""
        try:
            return self.returns.latest(case_id)
        except KeyError:
            return self.cancellations.latest(case_id)

    def cases_at(self, at: datetime) -> tuple[SandboxReturn | SandboxCancellation, ...]:
        """All returns and cancellations as they were at that time."""
        return (*self.returns.seen_at(at), *self.cancellations.seen_at(at))

    def _put(self, at: datetime, case: SandboxCancellation) -> SandboxCancellation:
        """A new state of a cancellation, with what it means for the order."""
        if case.status == CancelStatus.COMPLETE:
            order, gone = self.orders[case.order.order_id], {unit.unit.line_id for unit in case.units}
            units = tuple(_cancelled(unit) if unit.line_id in gone else unit for unit in order.units)
            left = {unit.sale.status for unit in units} - {"CANCELLED"}
            self.orders[order.order_id] = replace(
                order, units=units, status=order.status if left else "CANCELLED", updated_at=at
            )
        return self.cancellations.put(at, case)

    def _chosen(self, order: SandboxOrder, units: Units) -> tuple[ReturnUnit, ...]:
        wanted = order.line_ids if units is None else units
        ids = order.line_ids[:wanted] if isinstance(wanted, int) else wanted
        by_id = {unit.line_id: unit for unit in order.units}
        return tuple(ReturnUnit(self._id(4037), by_id[line_id]) for line_id in ids)

    def _unit(self, sale: TikTokSale) -> Unit:
        number = sum(sale.sku.encode()) + 1_000_000
        return Unit(self._id(5765), f"17294{number:014d}", sale)

    def _id(self, kind: int) -> str:
        """A text of 19 digits, as TikTok's ids are."""
        self._last_id += 1
        return f"{kind}{self._last_id:013d}00"

    def _now(self) -> datetime:
        return self.clock.now().replace(microsecond=0)


def _pays(status: str, *, cash_on_delivery: bool) -> bool:
    return status in {"DELIVERED", "COMPLETED"} if cash_on_delivery else status != "UNPAID"


def _cancelled(unit: Unit) -> Unit:
    return replace(unit, sale=replace(unit.sale, status="CANCELLED"))


def _paid(
    order: SandboxOrder, units: Sequence[ReturnUnit], total: str | None, shipping: str, tax: str
) -> Paid:
    if total is not None:
        return Paid(total, shipping, tax)
    parts = [Money.parse(unit.unit.sale.price, order.currency) for unit in units]
    goods = sum(parts, Money.parse(shipping, order.currency))
    return Paid(goods.amount, shipping, tax)
