"""Where the program may send secrets to: https anywhere, plain http to this machine only."""

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, SecretStr

from syncd.config.types import wrong


def password_in(text: str) -> str:
    """The password that an address carries (`http://user:password@host`), or nothing."""
    try:
        return urlsplit(text).password or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can be reached by that name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        # urlsplit drops newlines in silence, and looks at the port only when it is asked for.
        sound = parts.port != 0 and parts.hostname and re.fullmatch(r"[!-~]+", text)
    except ValueError:
        sound = None
    if not sound or parts.scheme not in ("http", "https"):
        raise wrong("is not an address", "such as https://host")
    return parts


def _guarded(text: str) -> SplitResult:
    parts = _split(text)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise wrong("is plain http, which only this machine itself may be reached by", "write https://")
    return parts


def _base(text: str) -> str:
    parts = _guarded(text)
    if parts.username is not None or parts.query or parts.fragment:
        raise wrong("must be a scheme, a host and at most a path", "such as https://host")
    return text.rstrip("/")


def _optional_base(text: str) -> str:
    return text and _base(text)


def _heartbeat(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        _guarded(value.get_secret_value())
    return value


def _proxy(text: str) -> str:
    if text:
        _split(text)
    return text


def _domain(text: str) -> str:
    host = text.lower()
    if host and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
        raise wrong(
            "is not a host name", "the host alone, without https:// and path, such as acme.myshopify.com"
        )
    return host


def _listen(text: str) -> str:
    try:
        parts = urlsplit(f"//{text}")
        sound = parts.port is not None and parts.hostname and parts.netloc == text and "@" not in text
    except ValueError:
        sound = None
    if text and not sound:
        raise wrong("is not a host and a port", "such as 127.0.0.1:9464")
    return text


def host_of(listen: str) -> str:
    """The host of a value of `Listen`; empty where there is none."""
    return urlsplit(f"//{listen}").hostname or ""


BaseAddress = Annotated[str, AfterValidator(_base)]
OptionalBaseAddress = Annotated[str, AfterValidator(_optional_base)]
HeartbeatAddress = Annotated[SecretStr, AfterValidator(_heartbeat)]
# A proxy is no base address: through it goes TLS.
Proxy = Annotated[str, AfterValidator(_proxy)]
Domain = Annotated[str, AfterValidator(_domain)]
Listen = Annotated[str, AfterValidator(_listen)]
