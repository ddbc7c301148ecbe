"""Secrets stay inside: no error, repr or log ever has one."""

import logging
from typing import TYPE_CHECKING

import pytest

from syncd.errors import ApiError
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request
from syncd.sandbox.tiktok import wrong_reply
from syncd.tiktok.client import ReturnFilters

if TYPE_CHECKING:
    from tests.tiktok.conftest import Shop


def everything_said(error: BaseException | None) -> str:
    """Texts, hints and reprs along the chain of causes that is shown to people."""
    said = []
    while error is not None:
        said += [str(error), repr(error), str(getattr(error, "hint", ""))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(said)


def secrets_of(shop: "Shop") -> list[str]:
    login = shop.stand_in.login
    return [
        shop.stand_in.app_secret,
        shop.settings.refresh_token,
        *login.refresh_tokens,
        *login.access_tokens,
    ]


def telling(shop: "Shop") -> str:
    """A message of a server that repeats everything it was given."""
    return "bad request: " + " ".join(secrets_of(shop))


@pytest.mark.parametrize("operation", ["token/refresh", "returns/search"])
@pytest.mark.parametrize("kind", [FaultKind.CLOSE, FaultKind.RESET, FaultKind.HTML_200, FaultKind.STATUS_500])
async def test_failures(
    shop: "Shop", caplog: pytest.LogCaptureFixture, operation: str, kind: FaultKind
) -> None:
    """A failed request tells what failed and nothing of what was sent."""
    shop.faults.add(Fault(kind, operation=operation, times=9))
    with caplog.at_level(logging.DEBUG), pytest.raises(ApiError) as caught:
        await shop.client().search(ReturnFilters())
    text = everything_said(caught.value) + caplog.text
    assert [secret for secret in secrets_of(shop) if secret in text] == []


@pytest.mark.parametrize("code", [36009004, 105002, 106001, 25001001, 36004001, 77])
@pytest.mark.parametrize("operation", ["token/refresh", "returns/search"])
async def test_a_server_that_repeats_what_it_got(shop: "Shop", operation: str, code: int) -> None:
    """Even when TikTok's own message quotes a secret, ours does not."""
    client = shop.client()
    if operation != "token/refresh":
        await client.search(ReturnFilters())

    def quote(asked: str, _request: Request) -> None:
        if asked == operation:
            reply = wrong_reply(code, telling(shop))
            shop.faults.add(Fault(FaultKind.REPLY, operation=operation, when=When.AFTER, reply=reply))

    shop.faults.before.append(quote)
    with pytest.raises(ApiError) as caught:
        await client.search(ReturnFilters())
    used = [shop.stand_in.app_secret, shop.settings.refresh_token]
    used += [token.access for token in shop.table.history[-1:]]
    assert [secret for secret in used if secret in everything_said(caught.value)] == []


async def test_reprs(shop: "Shop") -> None:
    """Settings, tokens and what holds them can be printed."""
    tokens = shop.tokens()
    await tokens.access()
    printed = repr([shop.settings, tokens.stored(), tokens, shop.client(), shop.table.history])
    assert [secret for secret in secrets_of(shop) if secret in printed] == []
