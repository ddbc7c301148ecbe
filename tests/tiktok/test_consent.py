"""Where a seller consents, and what comes back."""

import pytest

from syncd.errors import CredentialsRefused, UsageError
from syncd.tiktok.consent import Code, consent_address, older_consent_address, read_answer


def test_addresses() -> None:
    """By region, and the older one by the app's key."""
    assert (
        consent_address("71 2", "us", "a&b")
        == "https://services.us.tiktokshop.com/open/authorize?service_id=71+2&state=a%26b"
    )
    assert consent_address("7", "world", "s").startswith("https://services.tiktokshop.com/open/authorize?")
    older = older_consent_address("https://auth.tiktok-shops.com/", "6abc", "s")
    assert older == "https://auth.tiktok-shops.com/oauth/authorize?app_key=6abc&state=s"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ROW_abc", Code("ROW_abc")),
        ("  ROW_abc==\n", Code("ROW_abc==")),
        ("https://a.example/?code=ROW_abc&state=s", Code("ROW_abc", "s")),
        ("https://a.example/x?app_key=6&code=ROW%2Babc&locale=en&shop_region=GB", Code("ROW+abc")),
        ("a.example/x?code=ROW_abc", Code("ROW_abc")),
        ("code=ROW_abc&state=s", Code("ROW_abc", "s")),
    ],
)
def test_what_is_pasted(text: str, code: Code) -> None:
    """The whole address, its tail, or the code alone; whatever else is in it."""
    assert read_answer(text) == code


@pytest.mark.parametrize(
    "text", ["", "null", "two words", "https://a.example/", "https://a.example/?code=", "?state=s"]
)
def test_no_code(text: str) -> None:
    """It is said what to paste."""
    with pytest.raises(UsageError, match="no code") as caught:
        read_answer(text)
    assert "whole address" in caught.value.hint


def test_a_refusal() -> None:
    """The seller has said no."""
    with pytest.raises(CredentialsRefused, match="did not consent: auth_denied"):
        read_answer("https://a.example/?code=null&error=auth_denied&state=s")


def test_a_code_is_secret() -> None:
    """It shows in no error."""
    assert "ROW_abc" not in repr(read_answer("ROW_abc"))
