"""`syncd auth tiktok`: the first authorisation of a shop, and every later one."""

import asyncio
import secrets
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from syncd.cli.options import config_option, load_settings
from syncd.cli.params import SHOP
from syncd.clock import SystemClock
from syncd.config import Settings
from syncd.errors import ConfigError, UsageError
from syncd.service.authorise import Authorised, authorise, store_of_logins
from syncd.service.logs import set_up
from syncd.service.words import until
from syncd.tiktok.client import AuthorisedShop
from syncd.tiktok.consent import HOSTS, Code, consent_address, older_consent_address, read_answer


@click.group()
@config_option
def command() -> None:
    """Let the owner of a TikTok Shop authorise the app."""


@command.command(
    short_help="The authorisation of a TikTok Shop.", epilog="Example: syncd auth tiktok --shop us"
)
@config_option
@click.option("--shop", type=SHOP, help="The shop in the config; not needed where there is only one.")
@click.option("--service-id", default="", help="The app's service id in Partner Center: shows the address.")
@click.option(
    "--region",
    type=click.Choice(sorted(HOSTS)),
    default="world",
    show_default=True,
    help="Where the shop's owner is.",
)
@click.option(
    "--code-file", type=click.File(), help="Read what TikTok led back to from this file; - is standard input."
)
@click.pass_context
def tiktok(
    ctx: click.Context, *, shop: str | None, service_id: str, region: str, code_file: TextIO | None
) -> int:
    """Trade the consent of a shop's owner for a login, prove it, and keep it in the store.

    The owner opens an address, allows the app, and is led back to a page whose address has a code in it. That
    address is asked for, and is not shown while it is pasted; it can also be piped in. The code works once,
    for 30 minutes. A running daemon uses the new login from its next poll on.
    """
    settings = load_settings(ctx, logins=False).settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    name = _name(settings, shop)
    path = settings.store.path
    with store_of_logins(path):
        pass  # a store that cannot be used must be known before a code is used up
    source = code_file or (None if sys.stdin.isatty() else sys.stdin)
    code = read_answer(source.read()) if source else _asked(settings, name, service_id, region)
    with store_of_logins(path) as (store, running):
        found = asyncio.run(authorise(settings, name, code.code, store, SystemClock()))
    for line in _told(settings, name, found, running=running):
        click.echo(line)
    return 0


def _name(settings: Settings, shop: str | None) -> str:
    """The shop that is meant.

    Raises:
        UsageError: It is not there, or it is not said which.
        ConfigError: What a trade needs is missing.
    """
    names = ", ".join(settings.shops)
    if shop is None and len(settings.shops) > 1:
        raise UsageError("no shop is named", hint=f"say which with --shop: {names}")
    name = shop or next(iter(settings.shops))
    if name not in settings.shops:
        raise UsageError(f"there is no shop {name}", hint=f"the config has: {names}")
    if not settings.shops[name].tiktok.app_secret.get_secret_value():
        raise ConfigError(
            f"shops.{name}.tiktok.app_secret is missing, and no code can be traded without it",
            hint="run this with the secrets (guide: Commands that need the secrets)",
        )
    return name


def _asked(settings: Settings, name: str, service_id: str, region: str) -> Code:
    """What the person at the terminal pastes.

    Raises:
        UsageError: It is no code, or is the answer to another request.
    """
    state = secrets.token_urlsafe(12)
    for line in _where(settings, name, service_id, region, state):
        click.echo(line)
    code = read_answer(click.prompt("Address or code (not shown)", hide_input=True, prompt_suffix=": "))
    if code.state not in ("", state):
        raise UsageError(
            "this is the answer to another request",
            hint="open the address that was shown; where another one was opened, paste its code alone",
        )
    return code


def _where(settings: Settings, name: str, service_id: str, region: str, state: str) -> Iterator[str]:
    yield f"The owner of the TikTok Shop {name} opens this address, logs in, and allows the app:"
    yield ""
    if service_id:
        yield f"  {consent_address(service_id, region, state)}"
    else:
        login = settings.shops[name].tiktok
        yield "  the authorisation link that Partner Center shows with the app; --service-id shows it here,"
        yield "  with the number behind service_id= in it. If there is none, the older way is:"
        yield f"  {older_consent_address(login.auth_base, login.app_key, state)}"
    yield ""
    yield "Then TikTok leads to a page of the app, which may look broken. Copy the whole address of it."


def _told(settings: Settings, name: str, found: Authorised, *, running: bool) -> Iterator[str]:
    token, now = found.token, SystemClock().now()
    yield f"{name}: the authorisation works" if not found.unproven else f"{name}: the authorisation is kept"
    if found.unproven:
        yield f"  not proven: {found.unproven}; see: syncd check --shop {name}"
    yield from (f"  shop: {_shop(shop)}" for shop in found.shops)
    yield from (f"  {other} had the same login, and has this one now, too" for other in found.also)
    ends = token.refresh_expires_at
    yield f"  it ends {until(ends, now)}, {ends:%Y-%m-%d}" if ends else "  TikTok does not say when it ends"
    if token.refresh is None:
        yield f"  warning: it cannot be renewed, and ends {until(token.access_expires_at, now)}"
    yield from _scopes(found)
    if len(found.shops) > 1 and not settings.shops[name].tiktok.shop_cipher:
        yield f"  warning: it is for {len(found.shops)} shops; one line goes under [shops.{name}.tiktok]:"
        yield from (f'  shop_cipher = "{shop.cipher}"  # {shop.name}, {shop.region}' for shop in found.shops)
    yield (
        "the running daemon uses it from its next poll on"
        if running
        else "no daemon runs: systemctl start syncd, or: syncd once"
    )


def _shop(shop: AuthorisedShop) -> str:
    return f"{shop.name}, {shop.region}, shop_cipher {shop.cipher}"


def _scopes(found: Authorised) -> Iterator[str]:
    if not found.token.scopes:
        yield "  TikTok does not say which scopes were granted; see: syncd check"
    for need in found.missing:
        word = "warning" if need.required else "note"
        yield f"  {word}: the scope {need.scope} is missing, {need.why}"
    if found.missing:
        yield "  add what is missing to the app in Partner Center, then authorise again"
