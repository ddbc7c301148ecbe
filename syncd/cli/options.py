"""What several commands take: the config file, JSON instead of text."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncd.redaction import REDACTOR

if TYPE_CHECKING:
    from syncd.config import Loaded, Settings

_F = TypeVar("_F", bound=Callable[..., Any])
_CONFIG = "syncd.config"


def _remember(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.meta[_CONFIG] = value


def config_option(command: _F) -> _F:
    """Give a command `-c/--config PATH`; before or after the command; the last one counts."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_remember,
        help="The config file (else $SYNCD_CONFIG, ./syncd.toml, /etc/syncd/syncd.toml).",
    )(command)


def json_option(command: _F) -> _F:
    """Give a command `--json`, as its parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")(command)


def settings_for_completion(ctx: click.Context) -> "Settings | None":
    """The settings, without a word; None where they cannot be used."""
    from syncd.config import credentials_in, find_config, load  # noqa: PLC0415  # not needed for --help
    from syncd.errors import SyncdError  # noqa: PLC0415

    try:
        path = find_config(ctx.meta.get(_CONFIG), os.environ)
        return load(path, os.environ, credentials_in(os.environ), logins=False).settings
    except SyncdError:
        return None


def load_settings(ctx: click.Context, *, logins: bool = True) -> "Loaded":
    """Load the settings from the file, the environment and the credentials; warnings go to standard error.

    A command that calls neither API says `logins=False`: who may not read the secrets can run it then.

    Raises:
        syncd.errors.ConfigError: With all problems at once.
    """
    from syncd.config import credentials_in, find_config, load  # noqa: PLC0415  # not needed for --help

    path = find_config(ctx.meta.get(_CONFIG), os.environ)
    loaded = load(path, os.environ, credentials_in(os.environ), logins=logins)
    REDACTOR.learn(*loaded.settings.secrets())
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    return loaded


def known_shop(settings: "Settings", shop: str | None) -> None:
    """Refuse the name of a shop that the config does not have.

    Raises:
        syncd.errors.UsageError: It does not; the hint has those that it has.
    """
    from syncd.errors import UsageError  # noqa: PLC0415  # not needed for --help

    if shop and shop not in settings.shops:
        raise UsageError(f"there is no shop {shop}", hint=f"the config has: {', '.join(settings.shops)}")
