"""Gathering what a decision needs: TikTok's order, the Shopify order, and where units may go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from syncd.decide.claim import links_in
from syncd.decide.facts import Facts
from syncd.decide.match import exact, made_in, out_of_reach, search, windows
from syncd.decide.rulings import linked
from syncd.decide.selection import selection
from syncd.decide.traces import makers, strangers
from syncd.errors import AnswerUnreadable, SearchNotUnderstood
from syncd.events import Event, tell
from syncd.model import mark
from syncd.model.cases import Case
from syncd.model.match import Match, OrderHit
from syncd.model.orders import Assignment, Location, Order, Selection, TikTokOrder
from syncd.model.policy import Strategy
from syncd.shopify.reads import (
    find_orders,
    read_assignments,
    read_claims,
    read_locations,
    read_makers,
    read_order,
)
from syncd.sync.shop import Shop
from syncd.sync.together import together
from syncd.tiktok.client import MOST_ORDERS

_ORDERS_PER_SEARCH = 20
_ORDERS_PER_PAGE = 250  # of a window, which holds every order of its time


@dataclass(slots=True)
class Found:
    """What was found for the cases of one cycle, by TikTok order id."""

    tiktok_orders: dict[str, TikTokOrder] = field(default_factory=dict)
    matches: dict[str, Match] = field(default_factory=dict)
    unreadable: dict[str, AnswerUnreadable] = field(default_factory=dict)
    search_trouble: dict[str, str] = field(default_factory=dict)
    locations: tuple[Location, ...] = ()


async def find(shop: Shop, order_ids: Iterable[str], locations: tuple[Location, ...] = ()) -> Found:
    """Both sides' orders of these TikTok order ids, many to a request; `locations` are known already."""
    wanted = sorted(set(order_ids))
    found = _known(shop, wanted)
    for batch in batches(wanted, MOST_ORDERS):
        await _read_tiktok_orders(shop, batch, found)
    await _search(shop, [order_id for order_id in wanted if order_id not in found.matches], found)
    if wanted and shop.policy.location:
        found.locations = locations or await read_locations(shop.shopify)
    return found


async def find_matches(shop: Shop, order_ids: Iterable[str]) -> Mapping[str, Match]:
    """Only which Shopify orders they are; TikTok is asked about those that have to be searched for."""
    wanted = sorted(set(order_ids))
    found = _known(shop, wanted)
    missing = [order_id for order_id in wanted if order_id not in found.matches]
    for batch in batches(missing, MOST_ORDERS):
        await _read_tiktok_orders(shop, batch, found)
    await _search(shop, missing, found)
    return found.matches


def _known(shop: Shop, order_ids: Sequence[str]) -> Found:
    """What was found before."""
    known = shop.store.shops.pairs(shop.name, order_ids)
    return Found(matches={order_id: Match((shopify_id,), "known") for order_id, shopify_id in known.items()})


async def _read_tiktok_orders(shop: Shop, order_ids: Sequence[str], found: Found) -> None:
    """One order that makes no sense must not stand in the way of the others."""
    try:
        found.tiktok_orders |= {order.order_id: order for order in await shop.tiktok.orders(order_ids)}
    except AnswerUnreadable as error:
        if len(order_ids) == 1:
            found.unreadable[order_ids[0]] = error
            return
        for order_id in order_ids:
            await _read_tiktok_orders(shop, [order_id], found)


async def _search(shop: Shop, order_ids: Sequence[str], found: Found) -> None:
    """Try the strategies in their order; each is asked only for what the ones before did not find.

    One that Shopify does not understand leaves the others their turn.
    """
    missing, trouble = order_ids, ""
    _mind_old_orders(shop, missing, found)
    for strategy in shop.policy.match.order_by:
        try:
            await _search_by(strategy, shop, missing, found)
        except SearchNotUnderstood as error:
            tell(Event.SEARCH_NOT_UNDERSTOOD, strategy=strategy, failure=error)
            trouble = f"{strategy}: {error.what}"
        missing = [order_id for order_id in missing if order_id not in found.matches]
    if trouble:
        found.search_trouble = dict.fromkeys(missing, trouble)


def _mind_old_orders(shop: Shop, order_ids: Sequence[str], found: Found) -> None:
    """Have another token granted where old orders are looked for: it may have the scope for them."""
    made = [order.created_at for order_id in order_ids if (order := found.tiktok_orders.get(order_id))]
    if made and _out_of_reach(shop, min(made)):
        shop.shopify.tokens.doubt()


async def _search_by(strategy: Strategy, shop: Shop, missing: Sequence[str], found: Found) -> None:
    policy = shop.policy.match
    if strategy is Strategy.WINDOW:
        _keep(shop, await _in_windows(shop, missing, found), found)
        return
    metafield = policy.metafield if strategy is Strategy.METAFIELD else ""

    async def of_batch(batch: Sequence[str]) -> None:
        hits = await find_orders(shop.shopify, search(strategy, policy, batch), metafield=metafield)
        _keep(shop, exact(strategy, policy, batch, hits), found)

    searches = (partial(of_batch, batch) for batch in batches(missing, _ORDERS_PER_SEARCH))
    await together(searches, shop.concurrency)


async def _in_windows(shop: Shop, missing: Sequence[str], found: Found) -> Mapping[str, Match]:
    """Compare every order of the time; an order that TikTok does not show has none."""
    wanted, policy = frozenset(missing), shop.policy.match
    made = (order.created_at for order_id in missing if (order := found.tiktok_orders.get(order_id)))
    carriers: list[OrderHit] = []
    for span in windows(made):
        hits = await find_orders(shop.shopify, made_in(span), page=_ORDERS_PER_PAGE)
        carriers += [hit for hit in hits if exact(Strategy.WINDOW, policy, wanted, [hit])]
    return exact(Strategy.WINDOW, policy, wanted, carriers)


def _keep(shop: Shop, matches: Mapping[str, Match], found: Found) -> None:
    found.matches.update(matches)
    with shop.store.database.transaction():
        for order_id, match in matches.items():
            if len(match.order_ids) == 1:
                shop.store.shops.pair(
                    shop.name, order_id, match.order_ids[0], match.strategy, shop.clock.now()
                )


async def look(shop: Shop, case: Case, found: Found) -> Facts:
    """Everything about one case, with the Shopify order read afresh and whole.

    Raises:
        ApiError: One of the two orders cannot be read.
    """
    if case.order_id in found.unreadable:
        raise found.unreadable[case.order_id]
    match = found.matches.get(case.order_id, Match())
    tiktok_order = found.tiktok_orders.get(case.order_id)
    asked = shop.store.intents.asked(shop.name, case.case_id)
    order = await _order(shop, case, match, selection(case, tiktok_order, restocked=bool(asked)))
    # An order is at least as old as its case.
    made = tiktok_order.created_at if tiktok_order else case.latest.created_at
    return Facts(
        case=case,
        match=match,
        tiktok_order=tiktok_order,
        order=order,
        assignments=await _assignments(shop, order),
        locations=found.locations,
        waited=shop.clock.now() - (case.waiting_since or shop.clock.now()),
        asked=asked,
        search_trouble=found.search_trouble.get(case.order_id, ""),
        out_of_reach=order is None and _out_of_reach(shop, made),
    )


def _out_of_reach(shop: Shop, made: datetime) -> bool:
    return out_of_reach(made, shop.clock.now(), shop.shopify.tokens.scopes)


async def _order(shop: Shop, case: Case, match: Match, wanted: Selection) -> Order | None:
    if len(match.order_ids) != 1:
        return None
    order = await read_order(shop.shopify, match.order_ids[0], mark.claim_key(case.case_id), wanted)
    if order is None:
        shop.store.shops.unpair(shop.name, case.order_id)
    return await _with_strangers(shop, case, order) if order and strangers(order) else order


async def _with_strangers(shop: Shop, case: Case, order: Order) -> Order:
    """The order with what is known of refunds and returns that carry no mark of ours."""
    claims = await read_claims(shop.shopify, order.id)
    mine = {found: case.case_id} if (found := linked(case)) else {}
    linking = replace(order, links=mine | links_in(claims))
    if not strangers(linking):
        return linking
    return replace(linking, makers=makers(order, await read_makers(shop.shopify, order.id)))


async def _assignments(shop: Shop, order: Order | None) -> tuple[Assignment, ...]:
    if order is None or not order.unfulfilled:
        return ()
    return await read_assignments(shop.shopify, order.id)


def batches(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """The same, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
