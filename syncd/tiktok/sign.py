"""The signature of a request (TikTok Shop: Sign your API request)."""

import hashlib
import hmac
from collections.abc import Mapping

_UNSIGNED = frozenset({"sign", "access_token"})


def sign(secret: str, path: str, query: Mapping[str, str], body: bytes, *, multipart: bool = False) -> str:
    """The value of the query parameter `sign`: lower-case hex of HMAC-SHA256 with the app secret.

    `query` holds decoded values, `body` the bytes that are sent; a multipart body is not signed.
    """
    parameters = "".join(name + query[name] for name in sorted(query) if name not in _UNSIGNED)
    signed_body = b"" if multipart else body
    key = secret.encode()
    message = key + path.encode() + parameters.encode() + signed_body + key
    return hmac.new(key, message, hashlib.sha256).hexdigest()
