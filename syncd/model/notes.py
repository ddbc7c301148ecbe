"""Under which keys the store's memory and its table of tokens keep what several modules look for."""


def login_pointer(app_key: str, shop: str) -> str:
    """The memory's key under which stands the key of the shop's TikTok token."""
    return f"tiktok-login:{app_key}:{shop}"


def token_key(domain: str, client_id: str) -> str:
    """The key of the token that Shopify granted to an app on a shop."""
    return f"shopify {domain} {client_id}"


def unrenewed(token: str) -> str:
    """The memory's key for since when the TikTok token of that key cannot be renewed, though it is time."""
    return f"tiktok-unrenewed:{token}"


def unauthorised(shop: str) -> str:
    """The memory's key for since when a code is being traded for a TikTok token."""
    return f"tiktok-unauthorised:{shop}"


def brake(shop: str) -> str:
    """The memory's key for whether the shop's brake is on: anything but an empty text."""
    return f"brake:{shop}"


def zone(domain: str) -> str:
    """The memory's key for the name of the time zone of a Shopify shop."""
    return f"shopify-zone:{domain}"
