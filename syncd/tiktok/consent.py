"""The seller's consent: where it is given, and what comes back (TikTok Shop: Authorization overview)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from syncd.errors import CredentialsRefused, UsageError
from syncd.http import is_token

HOSTS: Mapping[str, str] = {
    "world": "https://services.tiktokshop.com",
    "us": "https://services.us.tiktokshop.com",
}
"""Where sellers of a region give their consent."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code to be traded for tokens; it works once. `state` is empty where none came back with it."""

    code: str = field(repr=False)
    state: str = ""


def consent_address(service_id: str, region: str, state: str) -> str:
    """What the seller opens in a browser; `service_id` is the app's in Partner Center."""
    return f"{HOSTS[region]}/open/authorize?{urlencode({'service_id': service_id, 'state': state})}"


def older_consent_address(auth_base: str, app_key: str, state: str) -> str:
    """The same by the app's key: an older way, which TikTok may have closed for new apps."""
    return f"{auth_base.rstrip('/')}/oauth/authorize?{urlencode({'app_key': app_key, 'state': state})}"


def read_answer(text: str) -> Code:
    """The code in what a person pastes: the address that TikTok led back to, or the code alone.

    Raises:
        UsageError: There is no code in it.
        CredentialsRefused: The seller has refused.
    """
    text = text.strip()
    query = urlsplit(text).query if "://" in text else text.partition("?")[2] or text
    found = dict(parse_qsl(query))
    if not found.keys() & {"code", "error"} and "?" not in text and "://" not in text:
        found = {"code": text}  # alone; it may end in a "=" itself
    if error := found.get("error"):
        known = "".join(c for c in error if c.isprintable())[:100]
        raise CredentialsRefused(
            f"the seller did not consent: {known}",
            api="tiktok",
            operation="authorize",
            hint="open the address again and allow the app",
        )
    code = found.get("code", "")
    if not is_token(code) or code == "null":
        raise UsageError(
            "there is no code in this",
            hint="paste the whole address of the page that TikTok led back to; it has code=... in it",
        )
    return Code(code, found.get("state", ""))
