"""No secret in a text."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import NotReached
from syncd.redaction import MASK, REDACTOR, Redactor

TOKEN = "act-0123456789abcdef"


def redactor(*secrets: str) -> Redactor:
    """One that knows these secrets, and no other."""
    made = Redactor()
    made.learn(*secrets)
    return made


@given(st.text(min_size=4), st.text(), st.text())
def test_wherever_it_stands(secret: str, before: str, after: str) -> None:
    """A secret is masked wherever it stands in a text."""
    cleaned = redactor(secret).text(before + secret + after)
    assert secret not in cleaned.replace(MASK, "") or secret in MASK


@pytest.mark.parametrize("show", [str, repr, ascii, json.dumps, quote, partial(quote, safe=""), quote_plus])
@pytest.mark.parametrize("secret", ["ab\\c\"d'e", "f/g=é&", "one two+three"])
def test_quoted(show: Callable[[str], str], secret: str) -> None:
    """A secret is masked, too, where Python or JSON has quoted it, or where it is part of an address."""
    assert redactor(secret).text(f"<{show(secret)}>").strip("<>'\"") == MASK


def test_one_secret_inside_another() -> None:
    """The longer one goes as a whole."""
    assert redactor("canary", "canary-longer").text("a canary-longer b") == f"a {MASK} b"


def test_what_is_made_of_texts() -> None:
    """Keys and values at any depth; what JSON does not know becomes text, and figures stay figures."""
    given: dict[Any, object] = {
        "a": [{"b": ("x-canary", 1)}, {"canary"}],
        "canary": "key",
        7: ValueError("canary"),
        "n": 1,
        "f": 1.5,
        "t": True,
        "none": None,
    }
    assert redactor("canary").clean(given) == {
        "a": [{"b": [f"x-{MASK}", 1]}, [MASK]],
        MASK: "key",
        "7": MASK,
        "n": 1,
        "f": 1.5,
        "t": True,
        "none": None,
    }


@pytest.mark.parametrize("secret", ["abc", ""])
def test_too_short(secret: str) -> None:
    """A text of three characters is no secret: masking it would make every line unreadable."""
    assert redactor(secret).text("abc") == "abc"


def test_tokens_are_learnt_at_run_time() -> None:
    """A token that came later is masked like a secret from the config; a token never is a short word."""
    known = redactor("from-the-config")
    known.learn_tokens(TOKEN, None, "", "short")
    assert known.text(f"{TOKEN} short from-the-config") == f"{MASK} short {MASK}"


def test_old_tokens_are_forgotten_and_secrets_never() -> None:
    """The list does not grow for years: of tokens the latest thousand are kept."""
    known = redactor("from-the-config")
    for number in range(1001):
        known.learn_tokens(f"token-number-{number:04}")
    shown = known.text("token-number-0000 token-number-0001 token-number-1000 from-the-config")
    assert shown == f"token-number-0000 {MASK} {MASK} {MASK}"


@pytest.mark.parametrize(
    ("address", "text", "masked"),
    [
        ("slack://TokenA123/TokenB123/TokenC123", "no answer for TokenB123", f"no answer for {MASK}"),
        ("mailto://me:pass@example.com", "login pass refused", f"login {MASK} refused"),
        ("https://ping.example.com/0a1b-2c3d?k=value123", "GET /0a1b-2c3d", f"GET /{MASK}"),
        ("https://ping.example.com/0a1b-2c3d?k=value123", "k=value123", f"k={MASK}"),
        ("https://ping.example.com/services/x", "services", "services"),
        ("https://ping.example.com/0a1b-2c3d", "no way to ping.example.com", "no way to ping.example.com"),
        ("json://127.0.0.1:8080/token-123", "127.0.0.1:8080 is taken", "127.0.0.1:8080 is taken"),
        ("json://127.0.0.1:8080/token-123", "POST /token-123", f"POST /{MASK}"),
        ("not [an address://", "address", "address"),
    ],
)
def test_parts_of_secret_addresses(address: str, text: str, masked: str) -> None:
    """What is secret in an address is masked alone, too; its host and plain words are not."""
    assert redactor(address).text(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /x?access_token=abc&sign=11&app_key=6", "GET /x?access_token=***&sign=***&app_key=6"),
        ('{"access_token": "abc", "x": 1}', '{"access_token": "***", "x": 1}'),
        (r'"{\"refresh_token\":\"abc\"}"', r'"{\"refresh_token\":\"***\"}"'),
        ("{'X-Shopify-Access-Token': b'shpat_1'}", "{'X-Shopify-Access-Token': b'***'}"),
        ("x-tts-access-token: act.0123456789abcdef", "x-tts-access-token: ***"),
        ("Authorization: Bearer abcdefghijklmnopqrst", "Authorization: Bearer ***"),
        ("a.toml:12: shops.us.tiktok.app_secret: must not be empty", None),
        ('hint: set access_token = "..."', None),
        ("design=4 assign=4, the sign: something", None),
    ],
)
def test_by_its_name(text: str, masked: str | None) -> None:
    """A secret that nobody knows yet is masked where its name stands before it, and sentences stay."""
    assert Redactor().text(text) == (masked or text)


@pytest.mark.parametrize("name", ["access_token", "Authorization", "X-TTS-Access-Token", "sign"])
def test_under_its_name(name: str) -> None:
    """Whatever stands under the name of a secret is masked."""
    assert Redactor().clean({"a": {name: "abc"}}) == {"a": {name: MASK}}


def test_errors_are_born_clean() -> None:
    """An error may quote what an API has answered, and its text is kept in the store."""
    REDACTOR.learn_tokens(TOKEN)
    error = NotReached(f"it said {TOKEN}", api="shopify", operation="Order")
    assert (error.what, str(error)) == (f"it said {MASK}", f"it said {MASK} (shopify Order)")
