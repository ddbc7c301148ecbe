"""Who may come in: signature, time, token, scope and shop (TikTok Shop: Sign your API request)."""

import hashlib
import hmac
from datetime import datetime

from syncd.sandbox.http import Request
from syncd.sandbox.tiktok.accounts import Login
from syncd.sandbox.tiktok.switches import EmptyObject
from syncd.sandbox.tiktok.world import SandboxShop
from syncd.sandbox.tiktok.wrong import Wrong, WrongRequest

_OLDEST, _NEWEST = -300, 30  # seconds around now
_TIMESTAMP_DIGITS = 10


def check_app(request: Request, app_key: str) -> None:
    """The app must be ours."""
    if request.argument("app_key") != app_key:
        raise WrongRequest(Wrong.PARAMETER, "app_key is invalid")


def check_time(request: Request, now: datetime) -> None:
    """The timestamp must be from five minutes ago up to half a minute ahead."""
    text = request.argument("timestamp")
    if not (text.isdecimal() and len(text) == _TIMESTAMP_DIGITS):
        raise WrongRequest(Wrong.PARAMETER, "timestamp is missing or malformed")
    if not _OLDEST <= int(text) - now.timestamp() <= _NEWEST:
        raise WrongRequest(Wrong.PARAMETER, "Invalid timestamp: expired or in the future")


def check_signature(request: Request, secret: str, empty_object: EmptyObject) -> None:
    """The signature must fit the bytes that came."""
    given = request.argument("sign")
    if not given:
        raise WrongRequest(Wrong.PARAMETER, "sign is required")
    bodies = [b"" if _is_multipart(request) else request.body]
    if request.body == b"{}" and empty_object is EmptyObject.UNSIGNED:
        bodies = [b""]
    elif request.body == b"{}" and empty_object is EmptyObject.EITHER:
        bodies.append(b"")
    if not any(hmac.compare_digest(given, _signature(request, secret, body)) for body in bodies):
        raise WrongRequest(Wrong.SIGNATURE, "sign is invalid")


def check_scope(login: Login, scope: str) -> None:
    """The app must have been given the scope."""
    if scope not in login.scopes:
        raise WrongRequest(Wrong.SCOPE, f"Access denied: the app has no access to scope {scope}")


def shop_of(request: Request, login: Login, *, wanted: bool) -> SandboxShop | None:
    """The shop that the cipher names, which must be one of the login's; None where none is wanted."""
    cipher = request.argument("shop_cipher")
    if not wanted:
        if cipher:
            raise WrongRequest(Wrong.PARAMETER, "unexpected identifier: shop_cipher")
        return None
    if not cipher:
        raise WrongRequest(Wrong.NO_CIPHER, "shop_cipher is missing")
    for shop in login.shops:
        if shop.cipher == cipher:
            return shop
    raise WrongRequest(Wrong.CIPHER, "access token and shop_cipher do not match")


def _signature(request: Request, secret: str, body: bytes) -> str:
    pairs = sorted(pair for pair in request.query if pair[0] not in {"sign", "access_token"})
    text = request.path + "".join(name + value for name, value in pairs)
    message = secret.encode() + text.encode() + body + secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")
