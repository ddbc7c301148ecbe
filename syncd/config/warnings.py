"""What is allowed but may not be what the admin thinks: without effect, or against another key."""

from collections.abc import Iterator
from datetime import timedelta

from syncd.config.layers import KeyPath
from syncd.config.problems import Problem
from syncd.config.settings import Settings
from syncd.config.tables import Guard, Match, Shop
from syncd.model.money import Money

_SHORT_POLL = timedelta(seconds=30)


def warnings(settings: Settings) -> Iterator[Problem]:
    """What deserves a second look."""
    for name, shop in settings.shops.items():
        at = ("shops", name)
        if shop.sync.poll_interval < _SHORT_POLL:
            yield Problem((*at, "sync", "poll_interval"), "is very short", "5m is plenty")
        yield from _unused_ways((*at, "match"), shop.match)
        yield from _skus((*at, "match", "skus"), shop.match)
        yield from _ceilings((*at, "guard"), shop.guard)
        yield from _restock((*at, "restock"), shop)
    if settings.alerts.summary_at and not settings.alerts.urls:
        key = ("alerts", "summary_at")
        yield Problem(key, "has no effect: there is nobody to send it to", "set urls in [alerts]")


def _unused_ways(at: KeyPath, match: Match) -> Iterator[Problem]:
    """Patterns that somebody has set for a way of finding orders that is not tried."""
    usual = Match()
    for way in ("tag", "name", "metafield"):
        if getattr(match, way) != getattr(usual, way) and way not in match.order_by:
            yield Problem((*at, way), "is named but not looked at", f'add "{way}" to order_by')


def _skus(at: KeyPath, match: Match) -> Iterator[Problem]:
    """SKUs are translated once, from TikTok's to Shopify's."""
    for tiktok, shopify in match.skus.items():
        key = (*at, tiktok)
        if tiktok == shopify:
            yield Problem(key, "has no effect: both names are the same", "leave it out")
        elif shopify in match.skus:
            what = f"leads to {shopify}, which is itself translated, and that is not done twice"
            yield Problem(key, what, "name Shopify's SKU on the right, TikTok's on the left")


def _ceilings(at: KeyPath, guard: Guard) -> Iterator[Problem]:
    """What fits under the ceiling of one case must fit into a day, or it is held all the same."""
    for currency, day in guard.max_refunded_per_day.items():
        if guard.max_refund.get(currency, 0) > day:
            what = f"is less than max_refund: a case of more than {Money(day, currency)} is held all the same"
            yield Problem((*at, "max_refunded_per_day", currency), what, "raise it, or lower max_refund")


def _restock(at: KeyPath, shop: Shop) -> Iterator[Problem]:
    """What is excluded from being restocked, where nothing is or under a name that Shopify does not use."""
    restock, skus = shop.restock, shop.match.skus
    for key in ("exclude_skus", "exclude_reasons"):
        if getattr(restock, key) and not shop.sync.auto_restock:
            what = "has no effect: nothing is restocked while auto_restock is false"
            yield Problem((*at, key), what, "set auto_restock = true, or leave it out")
    for sku in restock.exclude_skus:
        if sku in skus and sku not in skus.values():
            what = f"has TikTok's SKU {sku}, and means those of Shopify"
            yield Problem((*at, "exclude_skus"), what, f"write {skus[sku]}")
