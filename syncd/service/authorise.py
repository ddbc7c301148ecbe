"""A new authorisation of a TikTok Shop: traded, kept, proven, and only then used."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.decide.scopes import Need, compare, tiktok_needs
from syncd.errors import AlreadyRunning, ApiError, CredentialsRefused, MissingScope
from syncd.http import build_http
from syncd.model import notes
from syncd.model.tokens import StoredToken
from syncd.service.build import tiktok_settings
from syncd.service.session import asking, writing
from syncd.store.store import Store
from syncd.tiktok.client import AuthorisedShop, TikTokClient
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens


@dataclass(frozen=True, slots=True)
class Authorised:
    """What came of it. `also` are other shops of the config that had the same login and now have this one.

    `shops` are those that the login is for; where that could not be found out, `unproven` tells why.
    `missing` are scopes, as far as TikTok told which were granted.
    """

    token: StoredToken
    shops: tuple[AuthorisedShop, ...]
    also: tuple[str, ...]
    missing: tuple[Need, ...]
    unproven: ApiError | None = None


@contextmanager
def store_of_logins(path: Path) -> Iterator[tuple[Store, bool]]:
    """The store to keep a login in, and whether another process has it: a daemon, which finds it there."""
    try:
        with writing(path) as store:
            yield store, False
    except AlreadyRunning:
        with asking(path) as store:
            yield store, True


async def authorise(settings: Settings, name: str, code: str, store: Store, clock: Clock) -> Authorised:
    """Trade the code of the seller's consent, and use the tokens if they are for that shop.

    Raises:
        CredentialsRefused: The code is refused, or the login is for another shop: the login before it stays.
        ApiError: The code could not be traded; it may be used up.
    """
    network = settings.network
    async with build_http(proxy=network.proxy, ca_file=str(network.ca_file)) as http:
        login = tiktok_settings(name, settings.shops[name].tiktok, network)
        tokens = _tokens(http, login, store, clock)
        before = tokens.key
        key, token = await tokens.authorise(code)
        shops, unproven = await _proof(http, login, store, clock, key)
        if unproven is None:
            _check(login, shops)
        others = {other: _tokens(http, of, store, clock) for other, of in _covered(settings, name, shops)}
        also = {other: each for other, each in others.items() if each.key == before}
        for each in (tokens, *also.values()):
            each.use(key)
    needs = tiktok_needs(cipher_known=bool(login.shop_cipher))
    missing = compare(needs, token.scopes).missing if token.scopes else ()
    return Authorised(token, shops, tuple(also), missing, unproven)


def _tokens(http: httpx.AsyncClient, login: TikTokSettings, store: Store, clock: Clock) -> TikTokTokens:
    return TikTokTokens(http, login, store.tokens, store.memory, clock, may_refresh=False)


class _Aside(dict[str, str]):
    """A memory of its own, in which the shop has the new login already."""

    def put(self, key: str, text: str) -> None:
        """Keep this text under that key."""
        self[key] = text


async def _proof(
    http: httpx.AsyncClient, login: TikTokSettings, store: Store, clock: Clock, key: str
) -> tuple[tuple[AuthorisedShop, ...], ApiError | None]:
    """The shops of the new login, or why they cannot be told although it may be good."""
    aside = _Aside({notes.login_pointer(login.app_key, login.shop): key})
    tokens = TikTokTokens(http, login, store.tokens, aside, clock, may_refresh=False)
    try:
        return await TikTokClient(http, login, tokens, aside, clock).shops(), None
    except ApiError as error:
        if error.temporary or isinstance(error, MissingScope):
            return (), error
        raise


def _check(login: TikTokSettings, shops: tuple[AuthorisedShop, ...]) -> None:
    """The login must be for the shop that the config means.

    Raises:
        CredentialsRefused: It is for others, or for none.
    """
    cipher = login.shop_cipher
    if shops and (not cipher or any(shop.cipher == cipher for shop in shops)):
        return
    names = ", ".join(f"{shop.name} {shop.region} ({shop.cipher})" for shop in shops) or "no shop"
    raise CredentialsRefused(
        f"the login is for {names} and not for the shop that is configured; it was not taken over",
        api="tiktok",
        operation="shops",
        hint=f"have the owner of {login.shop} consent, or correct shop_cipher in [shops.{login.shop}.tiktok]",
    )


def _covered(
    settings: Settings, name: str, shops: tuple[AuthorisedShop, ...]
) -> Iterator[tuple[str, TikTokSettings]]:
    """The other shops of the config that the login is for."""
    for other, shop in settings.shops.items():
        if other != name and any(each.cipher == shop.tiktok.shop_cipher for each in shops):
            yield other, tiktok_settings(other, shop.tiktok, settings.network)
