"""What one shop's client needs to know."""

from dataclasses import dataclass, field

API_BASE = "https://open-api.tiktokglobalshop.com"
AUTH_BASE = "https://auth.tiktok-shops.com"


@dataclass(frozen=True, slots=True)
class TikTokSettings:
    """One shop of the configuration; `timeout` is for one request as a whole, in seconds.

    An empty `shop_cipher` is found from the token. `version` is that of the return endpoints; 202309 and
    202602 are read alike.
    """

    shop: str
    app_key: str
    app_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    shop_cipher: str = ""
    api_base: str = API_BASE
    auth_base: str = AUTH_BASE
    timeout: float = 30.0
    version: str = "202309"

    @property
    def login_hint(self) -> str:
        """What to type when TikTok wants the seller's consent again."""
        return f"syncd auth tiktok --shop {self.shop}"
