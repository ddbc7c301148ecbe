"""What people name on the command line: shops, reasons and cases, each with completion in the shell."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import click
from click.shell_completion import CompletionItem

from syncd.cli.options import settings_for_completion
from syncd.errors import SyncdError

_MOST = 50
"""Cases that are offered: more would fill the screen."""


def _items(words: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word, help=text) for word, text in words if word.startswith(incomplete)]


class ReasonCode(click.ParamType[str]):
    """The code of a reason, as in `config/holds.md`."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """A code that exists; a mistyped one would only find nothing."""
        from syncd.model.reasons import EXPLANATIONS  # noqa: PLC0415 - not needed for --help

        codes = [reason.value for reason in EXPLANATIONS]
        if value not in codes:
            near = get_close_matches(str(value), codes, 3)
            meant = f"did you mean {' or '.join(near)}?" if near else "config/holds.md has them all"
            self.fail(f"there is no reason {value!r}; {meant}", param, ctx)
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """All codes, with what they mean."""
        from syncd.model.reasons import EXPLANATIONS  # noqa: PLC0415 - not needed for --help

        words = ((reason.value, told.sentence) for reason, told in EXPLANATIONS.items())
        return _items(words, incomplete)


class ShopName(click.ParamType[str]):
    """The name of a shop in the config file."""

    name = "name"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The shops of the config file."""
        settings = settings_for_completion(ctx)
        shops = settings.shops.items() if settings else ()
        return _items(((name, shop.shopify.domain) for name, shop in shops), incomplete)


class CaseName(click.ParamType[str]):
    """A case, by any of its names."""

    name = "case"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The cases that wait for a person: those are what commands are typed for."""
        settings = settings_for_completion(ctx)
        if settings is None:
            return []
        from syncd.service.session import reading  # noqa: PLC0415 - not needed for --help

        try:
            with reading(settings.store.path) as store:
                held = store.cases.held_names(incomplete, _MOST)
        except SyncdError:
            return []
        return _items(held, incomplete)


REASON, SHOP, CASE = ReasonCode(), ShopName(), CaseName()
