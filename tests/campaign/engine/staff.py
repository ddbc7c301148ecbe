"""People in the Shopify admin, who act on the same orders."""

from collections.abc import Callable
from random import Random

from syncd.model import mark
from syncd.model.reasons import Reason
from syncd.sandbox.shopify import dispositions, returns
from syncd.sandbox.shopify.inputs import DispositionInput
from syncd.sandbox.shopify.problems import Refused
from syncd.sandbox.shopify.return_records import Return, ReverseLine
from tests.campaign.engine.cast import Cast, Sold

_AFTER_MONEY = (
    Reason.FOREIGN_REFUND,
    Reason.DOUBLED,
    Reason.OVER_REFUND,
    Reason.UNITS_GONE,
    Reason.NOT_FULFILLED,
)


class Staff:
    """Draws what people do."""

    def __init__(self, cast: Cast, chance: Random) -> None:
        self._cast = cast
        self._chance = chance
        self._shop = cast.stage.pair.shopify

    def act(self) -> None:
        """Do something to an order, if it lets itself be done."""
        orders = [sold for sold in self._cast.sold if sold.shopify]
        if not orders:
            return
        sold = self._chance.choice(orders)
        acts: tuple[Callable[[Sold], str], ...] = (
            self._refund,
            self._return,
            self._cancel,
            self._close,
            self._restock,
            self._archive,
        )
        act = self._chance.choice(acts)
        try:
            with self._shop.world.acting(None):
                done = act(sold)
        except Refused as refusal:
            done = f"Shopify refuses: {refusal.errors[0].message}"
        self._cast.stage.story.tell("staff", done, order=sold.shopify.name if sold.shopify else "")

    def _refund(self, sold: Sold) -> str:
        """Money back, and in some cases units."""
        order = sold.shopify
        if order is None or not order.net_payment:
            return "finds nothing to refund"
        line = self._chance.choice(order.line_items)
        units = {line.sku or "": 1} if self._chance.random() < 0.4 else {}
        amount = self._chance.randint(1, order.net_payment)
        made = self._shop.foreign_refund(order, amount=amount, units=units)
        self._cast.excuse_order(sold, f"staff refunded {made.id}", *_AFTER_MONEY)
        return f"refunds {amount} with units {units}"

    def _return(self, sold: Sold) -> str:
        order = sold.shopify
        if order is None or not order.fulfillments:
            return "finds nothing to return"
        sku = self._chance.choice(order.fulfillments[0].fulfillment_line_items).line_item.sku or ""
        made = self._shop.foreign_return(order, app=None, **{sku: 1})
        why = f"staff opened {made.name}"
        self._cast.excuse_order(
            sold, why, Reason.FOREIGN_RETURN, Reason.NOT_FULFILLED, Reason.REFUSED_BY_SHOPIFY
        )
        return f"opens {made.name}"

    def _cancel(self, sold: Sold) -> str:
        ours = self._ours(sold)
        if ours is None:
            return "finds no return of ours"
        returns.cancel(self._shop.world, ours)
        return f"cancels {ours.name}"

    def _close(self, sold: Sold) -> str:
        ours = self._ours(sold)
        if ours is None:
            return "finds no return of ours"
        returns.close(self._shop.world, ours)
        self._touched(ours, "staff closed our return")
        return f"closes {ours.name}"

    def _restock(self, sold: Sold) -> str:
        """Inspect a unit and put it back."""
        ours = self._ours(sold)
        lines = [line for back in ours.reverse_fulfillment_orders for line in back.line_items] if ours else []
        waiting = [line for line in lines if line.undisposed]
        if ours is None or not waiting:
            return "finds nothing to inspect"
        before = _made(lines)
        place = self._shop.warehouse.id
        wanted = [DispositionInput("", line.id, line.undisposed, "RESTOCKED", place) for line in waiting]
        dispositions.dispose(self._shop.world, wanted)
        self._cast.stage.oracle.by_hand |= _made(lines) - before
        if any(line.unprocessed_quantity for line in ours.return_line_items):
            self._touched(ours, "staff restocked units of our return before it was paid back")
        return f"restocks {ours.name}"

    def _archive(self, sold: Sold) -> str:
        if sold.shopify:
            sold.shopify.closed_at = self._cast.stage.clock.now()
            self._shop.world.changed(sold.shopify)
        return "archives it"

    def _ours(self, sold: Sold) -> Return | None:
        """An open return of ours."""
        found = (
            [one for one in sold.shopify.returns if _case_of(one) and one.status == "OPEN"]
            if sold.shopify
            else []
        )
        return self._chance.choice(found) if found else None

    def _touched(self, ours: Return, why: str) -> None:
        reasons = (Reason.RETURN_TOUCHED, Reason.REFUSED_BY_SHOPIFY)
        self._cast.excuse(_case_of(ours), why, *reasons)


def _case_of(one: Return) -> str:
    return next((mark.case_in(line.return_reason_note) or "" for line in one.return_line_items), "")


def _made(lines: list[ReverseLine]) -> set[str]:
    return {each.id for line in lines for each in line.dispositions}
