"""All checks, one after another; what they find is told as it comes."""

from collections.abc import AsyncIterator, Collection
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial

from syncd.clock import Clock
from syncd.config.load import Loaded
from syncd.config.problems import Problem
from syncd.config.settings import Settings
from syncd.errors import AlreadyRunning, ConfigError, SyncdError
from syncd.http import build_http
from syncd.service.build import open_shops
from syncd.service.check import machine
from syncd.service.check.network import Network
from syncd.service.check.orders import OrdersOfCases
from syncd.service.check.result import Result, Work, failed, guarded, warning
from syncd.service.check.shopify import ShopifySide
from syncd.service.check.tiktok import TikTokSide
from syncd.service.health import Level
from syncd.service.session import reading, writing
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.sync.shop import Shop
from syncd.tiktok.wire import snapshot_from


async def checks(loaded: Loaded, clock: Clock, shops: Collection[str]) -> AsyncIterator[Result]:
    """Everything about this machine and these shops; what goes wrong with a check is a result, too."""
    settings = loaded.settings
    local: dict[str, Work] = {
        "config": lambda: machine.config(loaded),
        "store": lambda: machine.store(settings),
        "disk": lambda: machine.disk(settings),
        "daemon": lambda: machine.daemon(settings, clock.now()),
        "alerts": lambda: machine.alerts(settings),
    }
    for check, work in local.items():
        for result in await guarded(check, work):
            yield result
    async for result in _network(settings, clock, shops):
        yield result
    if loaded.lacking:
        yield warning("logins", "not looked at: secrets are missing", "see what is said of the config")
        return
    async for result in _both_sides(settings, clock, shops):
        yield result


async def _network(settings: Settings, clock: Clock, shops: Collection[str]) -> AsyncIterator[Result]:
    network = settings.network
    try:
        http = build_http(proxy=network.proxy, ca_file=str(network.ca_file))
    except ConfigError as error:
        yield failed("network", error)
        return
    async with http:
        asked = Network(http, settings, clock)
        running = machine.runs(settings)
        for base, what in asked.bases(shops).items():
            for result in await guarded("network", partial(asked.reach, base, what)):
                yield result
        for result in await guarded("clock", asked.clock):
            yield result
        for result in await guarded("metrics", lambda: asked.metrics(running=running)):
            yield result


async def _both_sides(settings: Settings, clock: Clock, shops: Collection[str]) -> AsyncIterator[Result]:
    """What takes the logins. What the shops find is kept in a store that nobody keeps."""
    with ExitStack() as stack:
        logins, may_refresh = _logins(settings, stack)
        own = stack.enter_context(closing(_in_memory()))
        try:
            async with open_shops(settings, own, clock, logins=logins, may_refresh=may_refresh) as opened:
                for shop in opened:
                    if shop.name in shops:
                        async for result in _shop(shop, settings, logins):
                            yield result
        except ConfigError:
            return  # of the network, which has told it


def _logins(settings: Settings, stack: ExitStack) -> tuple[Store, bool]:
    """The store of the logins, and whether tokens may be renewed: not if another process has it.

    Where it cannot be used, which another check tells, there are no logins.
    """
    path = settings.store.path
    try:
        return stack.enter_context(writing(path)), True
    except AlreadyRunning:
        with reading(path) as store:
            return stack.enter_context(closing(store.logins(snapshot_from))), False
    except SyncdError:
        return stack.enter_context(closing(_in_memory())), False


def _in_memory() -> Store:
    return Store.over(Database.in_memory(), snapshot_from)


async def contradicted(settings: Settings, clock: Clock) -> AsyncIterator[Problem]:
    """What the Shopify stores say against the settings: another store answers, or units cannot go there.

    Raises:
        ApiError: A store could not be asked.
    """
    with ExitStack() as stack:
        logins, may_refresh = _logins(settings, stack)
        own = stack.enter_context(closing(_in_memory()))
        async with open_shops(settings, own, clock, logins=logins, may_refresh=may_refresh) as opened:
            for shop in opened:
                side = ShopifySide(shop, settings.shops[shop.name])
                looks = {("shopify", "domain"): side.login, ("restock", "location"): side.location}
                for key, look in looks.items():
                    wrong = [result for result in await look() if result.level is Level.CRITICAL]
                    for result in wrong:
                        yield Problem(("shops", shop.name, *key), result.what, result.remedy)


async def _shop(shop: Shop, settings: Settings, logins: Store) -> AsyncIterator[Result]:
    own = settings.shops[shop.name]
    tiktok, shopify = TikTokSide(shop, own, logins), ShopifySide(shop, own)
    steps: dict[str, Work] = {
        "TikTok login": tiktok.login,
        "authorisation": tiktok.authorisation,
        "TikTok cases": tiktok.cases,
        "Shopify login": shopify.login,
        "Shopify scopes": shopify.scopes,
        "location": shopify.location,
    }
    for check, work in steps.items():
        for result in await guarded(check, work, shop=shop.name):
            yield result
    if tiktok.latest is None or shopify.store is None:
        yield replace(warning("matching", "not tried", "see what is said above"), shop=shop.name)
        return
    together = OrdersOfCases(shop, tiktok.latest)
    last: dict[str, Work] = {
        "matching": together.matching,
        "gateways": together.payments,
        "other apps": together.others,
    }
    for check, work in last.items():
        for result in await guarded(check, work, shop=shop.name):
            yield result
