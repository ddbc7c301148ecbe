"""What several keys must be together."""

from collections.abc import Iterator
from pathlib import Path

from syncd.config.addresses import host_of, is_loopback
from syncd.config.keys import dotted
from syncd.config.layers import KeyPath
from syncd.config.problems import Problem
from syncd.config.settings import Settings
from syncd.config.tables import Shop, Shopify
from syncd.config.types import TIME_HINT


def contradictions(settings: Settings) -> Iterator[Problem]:
    """What is missing or does not go together, given that each value alone is fine."""
    if not settings.shops:
        yield Problem(("shops",), "no shop is configured", "see: syncd config example")
    for name, shop in settings.shops.items():
        yield from _shop_problems(("shops", name), shop)
    yield from _twins(settings)
    ca_file = settings.network.ca_file
    if ca_file and not Path(ca_file).is_file():
        yield Problem(("network", "ca_file"), "there is no such file")
    listen = settings.metrics.listen
    if listen and not is_loopback(host_of(listen)) and not settings.metrics.allow_remote:
        hint = "name 127.0.0.1 or [::1], or set allow_remote = true as well"
        yield Problem(("metrics", "listen"), "is open to other machines", hint)


def _shop_problems(at: KeyPath, shop: Shop) -> Iterator[Problem]:
    if shop.sync.enabled and shop.sync.start_from is None:
        key = (*at, "sync", "start_from")
        yield Problem(key, "is required once enabled = true", TIME_HINT, (*at, "sync", "enabled"))
    if "metafield" in shop.match.order_by and not shop.match.metafield:
        key = (*at, "match", "metafield")
        hint = 'such as metafield = "custom.tiktok_order_id"'
        yield Problem(key, "is required by order_by", hint, (*at, "match", "order_by"))
    if not shop.tiktok.app_key:
        yield Problem((*at, "tiktok", "app_key"), "is required", "Partner Center shows it")
    if not shop.tiktok.app_secret.get_secret_value():
        key = (*at, "tiktok", "app_secret")
        yield Problem(key, "is required", f"in the file, {_elsewhere(key)}", lacks_secret=True)
    yield from _domain(at, shop.shopify)
    yield from _login(at, shop.shopify)


def _domain(at: KeyPath, shopify: Shopify) -> Iterator[Problem]:
    key = (*at, "shopify", "domain")
    if not shopify.domain:
        yield Problem(key, "is required", "such as acme.myshopify.com")
    elif not shopify.api_base and not shopify.domain.endswith(".myshopify.com"):
        yield Problem(key, "is not a myshopify.com name", "Shopify admin, Settings, Domains shows it")


def _login(at: KeyPath, shopify: Shopify) -> Iterator[Problem]:
    token, secret = shopify.access_token.get_secret_value(), shopify.client_secret.get_secret_value()
    client = [name for name, value in (("client_id", shopify.client_id), ("client_secret", secret)) if value]
    if token and client:
        hint = "keep either the access token or client id and secret"
        yield Problem((*at, "shopify", "access_token"), f"stands beside {client[0]}", hint)
    elif not token and not client:
        what = "needs client_id and client_secret, or an access_token"
        yield Problem((*at, "shopify"), what, lacks_secret=True)
    elif client == ["client_id"]:
        key = (*at, "shopify", "client_secret")
        hint = f"in the file, {_elsewhere(key)}"
        yield Problem(key, "is required beside client_id", hint, lacks_secret=True)
    elif client == ["client_secret"]:
        yield Problem((*at, "shopify", "client_id"), "is required beside client_secret")


def _elsewhere(key: KeyPath) -> str:
    """The other two ways to give a secret."""
    variable = "__".join(str(part).upper().replace("-", "_") for part in key)
    return f"as SYNCD__{variable}, or as the credential {dotted(key)}"


def _twins(settings: Settings) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], str] = {}
    for name, shop in settings.shops.items():
        pair = (shop.shopify.domain, shop.tiktok.app_key, shop.tiktok.shop_cipher)
        first = seen.setdefault(pair, name)
        if first != name and all(pair[:2]):
            hint = "name each pair once, or tell the TikTok Shops apart by shop_cipher"
            yield Problem(("shops", name), f"is the same TikTok Shop and the same store as {first}", hint)
