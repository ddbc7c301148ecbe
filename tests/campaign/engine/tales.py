"""The cases of a world: how buyers, the seller and TikTok move them on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from syncd.model.cases import PAID_BACK, ReturnStatus, ReturnType
from syncd.model.money import Money
from syncd.model.reasons import Reason
from syncd.sandbox.tiktok.world import Paid, SandboxReturn
from tests.campaign.engine.cast import Cast, Sold
from tests.campaign.engine.loop import START
from tests.campaign.engine.setup import HOUR

Step = ReturnStatus | str
"""The next status, or one of the words below."""
EDIT, UNITS, TYPE, AMOUNT, GIVE_AMOUNT, BACK = "edit", "units", "type", "amount", "give amount", "back"

S = ReturnStatus
_RETURNS: tuple[tuple[Step, ...], ...] = (
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.SUCCESS, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, S.COMPLETE),
    (S.COMPLETE,),
    (S.AWAITING_BUYER_SHIP, S.CANCELLED),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.REJECTED),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.PARCEL_REJECTED, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, S.REJECTED, S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, S.CANCELLED, S.AWAITING_BUYER_SHIP, S.CANCELLED),
    (EDIT, S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, EDIT, S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, UNITS, S.BUYER_SHIPPED_ITEM, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, TYPE, S.COMPLETE),
    (S.AWAITING_BUYER_SHIP, TYPE, S.CANCELLED),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE, AMOUNT),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM, S.COMPLETE, BACK),
    (S.AWAITING_BUYER_SHIP, S.BUYER_SHIPPED_ITEM),
)
_REFUNDS: tuple[tuple[Step, ...], ...] = (
    (S.COMPLETE,),
    (S.COMPLETE,),
    (S.AWAITING_BUYER_RESPONSE, S.COMPLETE),
    (S.CANCELLED,),
    (S.REJECTED, S.PENDING, S.COMPLETE),
    (EDIT, S.COMPLETE),
    (S.COMPLETE, AMOUNT),
    (S.COMPLETE, BACK),
    (S.COMPLETE, GIVE_AMOUNT),
)
_REPLACEMENTS: tuple[tuple[Step, ...], ...] = (
    (S.REPLACEMENT_COMPLETE,),
    (S.REPLACEMENT_REFUNDED,),
    (S.REPLACEMENT_REJECTED,),
    (S.REPLACEMENT_CANCELLED,),
)
_EXCHANGES: tuple[tuple[Step, ...], ...] = (
    (S.EXCHANGE_COMPLETE,),
    (S.EXCHANGE_REFUNDED,),
    (S.EXCHANGE_CANCELLED,),
)
_FIRST = {ReturnType.REPLACEMENT: S.REPLACEMENT_PENDING, ReturnType.EXCHANGE: S.EXCHANGE_PENDING}
_AFTERWARDS = (Reason.CHANGED_AFTER_WRITE, Reason.REFUND_DIFFERS, Reason.RETURN_TOUCHED)
_TRACKED = 0.8
"""The share of parcels of which TikTok knows a tracking number."""


@dataclass
class Tale:
    """One case on its way; an edit makes it another case."""

    cast: Cast
    sold: Sold
    case: SandboxReturn

    def go(self, step: Step) -> None:
        """Take the next step."""
        moves: dict[Step, Callable[[], None]] = {
            EDIT: self._edit,
            UNITS: self._other_units,
            TYPE: self._other_type,
            AMOUNT: self._other_amount,
            GIVE_AMOUNT: self._other_amount,
            BACK: self._taken_back,
        }
        moves.get(step, lambda: self._advance(step))()
        latest = self.cast.stage.pair.tiktok.returns.latest(self.case.return_id)
        self.cast.stage.story.tell("tiktok", f"{self.case.return_id} {step}", paid=latest.paid)

    def _advance(self, step: Step) -> None:
        """Nobody promises that the update time moves with every change."""
        chance, tiktok = self.cast.chance, self.cast.stage.pair.tiktok
        touch = chance.random() < 0.9
        if step is S.BUYER_SHIPPED_ITEM and chance.random() < _TRACKED:
            tiktok.advance(self.case, step, touch=touch, tracking_number="940010000000")
        else:
            tiktok.advance(self.case, step, touch=touch)

    def _edit(self) -> None:
        units = [unit.unit.line_id for unit in self.case.units]
        self.case = self.cast.stage.pair.tiktok.edit(self.case, units)

    def _other_units(self) -> None:
        kept = [unit.unit.line_id for unit in self.case.units][:1]
        self.cast.stage.pair.tiktok.change_units(self.case, kept)
        if len(self.case.units) > 1:
            self._excuse("TikTok took units off the open return", Reason.RETURN_TOUCHED)

    def _other_type(self) -> None:
        self.cast.stage.pair.tiktok.advance(self.case, type=ReturnType.REFUND)

    def _other_amount(self) -> None:
        """Another amount, or one at last."""
        tiktok = self.cast.stage.pair.tiktok
        latest = tiktok.returns.latest(self.case.return_id)
        tiktok.advance(self.case, paid=self.cast_amount())
        if latest.paid is not None:
            self._excuse("TikTok changed the amount afterwards", *_AFTERWARDS)

    def _taken_back(self) -> None:
        self.cast.stage.pair.tiktok.advance(self.case, S.REJECTED)
        self._excuse("TikTok took the refund back", *_AFTERWARDS)

    def cast_amount(self) -> Paid:
        """A part of what these units cost."""
        currency = self.sold.tiktok.currency
        whole = sum(Money.parse(unit.unit.sale.price, currency).minor for unit in self.case.units)
        return Paid(Money(self.cast.chance.randint(1, whole), currency).amount)

    def _excuse(self, why: str, *reasons: Reason) -> None:
        self.cast.excuse(self.case.return_id, why, *reasons)


def begin(cast: Cast, sold: Sold, at: float) -> None:
    """Draw a case about units of that order which is opened at that time, and let it go its way."""
    chance = cast.chance
    kind = chance.choice(
        (ReturnType.RETURN_AND_REFUND,) * 5
        + (ReturnType.REFUND,) * 4
        + (ReturnType.REPLACEMENT, ReturnType.EXCHANGE)
    )
    ways = {
        ReturnType.RETURN_AND_REFUND: _RETURNS,
        ReturnType.REFUND: _REFUNDS,
        ReturnType.REPLACEMENT: _REPLACEMENTS,
        ReturnType.EXCHANGE: _EXCHANGES,
    }
    way = chance.choice(ways[kind])
    units = _units(cast, sold)
    if units:
        paid = None if GIVE_AMOUNT in way else _amount(cast, sold, units)
        cast.stage.schedule.at(at, lambda: _open(cast, sold, units, kind=kind, way=way, paid=paid))


def _units(cast: Cast, sold: Sold) -> list[str]:
    """Units that are in no other case yet, as a rule."""
    chance = cast.chance
    if not sold.free:
        return []
    taken = chance.sample(sold.free, chance.randint(1, min(3, len(sold.free))))
    if chance.random() < 0.03:
        why = "two cases name the same units"
        reasons = (Reason.UNITS_GONE, Reason.OVER_REFUND, Reason.UNITS_ON_RETURN, Reason.REFUSED_BY_SHOPIFY)
        cast.excuse_order(sold, why, *reasons)
    else:
        sold.free = [unit for unit in sold.free if unit not in taken]
    return taken


def _amount(cast: Cast, sold: Sold, units: Sequence[str]) -> Paid:
    """The whole price with or without shipping, a part of it, or nothing."""
    chance, currency = cast.chance, sold.tiktok.currency
    prices = {unit.line_id: Money.parse(unit.sale.price, currency).minor for unit in sold.tiktok.units}
    whole = sum(prices[unit] for unit in units)
    draw = chance.random()
    if draw < 0.05:
        return Paid("0")
    if draw < 0.3:
        return Paid(Money(chance.randint(1, whole - 1), currency).amount)
    shipping = sold.shipping if draw < 0.6 else 0
    sold.shipping -= shipping
    return Paid(Money(whole + shipping, currency).amount, Money(shipping, currency).amount)


def _open(
    cast: Cast,
    sold: Sold,
    units: Sequence[str],
    *,
    kind: ReturnType,
    way: Sequence[Step],
    paid: Paid | None,
) -> None:
    chance, stage = cast.chance, cast.stage
    case = stage.pair.tiktok.add_return(
        sold.tiktok,
        units,
        type=kind,
        status=_FIRST.get(kind, S.PENDING),
        refund_total=paid.total if paid else None,
        shipping=paid.shipping if paid else "0",
        amount=paid is not None,
        quick_refund=chance.random() < 0.05,
        keep_item=chance.random() < 0.05,
    )
    stage.story.tell("tiktok", f"{case.return_id} {kind} is opened", order=sold.tiktok.order_id, paid=paid)
    tale, at = Tale(cast, sold, case), stage.now
    for step in way:
        at += chance.choice((0.0, 60.0, chance.expovariate(1 / HOUR), chance.expovariate(1 / (3 * HOUR))))
        stage.schedule.at(at, lambda step=step: tale.go(step))  # type: ignore[misc]


def before_the_start(cast: Cast, sold: Sold, start_from: timedelta) -> None:
    """A case that was paid back before the program began, perhaps even before `start_from`."""
    chance, tiktok = cast.chance, cast.stage.pair.tiktok
    units = _units(cast, sold)
    if not units:
        return
    hours = chance.choice((2, 30))
    at = START - timedelta(hours=hours)
    kind, status = chance.choice(
        (
            (ReturnType.RETURN_AND_REFUND, S.COMPLETE),
            (ReturnType.REFUND, S.COMPLETE),
            (ReturnType.REPLACEMENT, S.REPLACEMENT_REFUNDED),
        )
    )
    paid = _amount(cast, sold, units)
    case = tiktok.add_return(
        sold.tiktok,
        units,
        type=kind,
        status=status,
        refund_total=paid.total,
        shipping=paid.shipping,
        created_at=at,
    )
    assert status in PAID_BACK
    if timedelta(hours=hours) > start_from:
        cast.excuse(case.return_id, "it was paid back before start_from", Reason.BEFORE_START)
    cast.stage.story.tell("tiktok", f"{case.return_id} {kind} was paid back at {at}", paid=paid)
