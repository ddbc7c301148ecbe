"""What the client has to know of one Shopify store."""

from dataclasses import dataclass, field

API_VERSION = "2026-10"


@dataclass(frozen=True, slots=True)
class ShopifySettings:
    """One store and the login to it: a static `access_token`, or `client_id` with `client_secret`.

    `domain` is `NAME.myshopify.com`, `api_base` replaces `https://{domain}` where it is not empty, and
    `timeout` is in seconds, for one request as a whole.
    """

    domain: str
    api_base: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    timeout: float = 30.0
    api_version: str = API_VERSION

    @property
    def base(self) -> str:
        """The address of the store, without a slash at its end."""
        return self.api_base.rstrip("/") or f"https://{self.domain}"

    @property
    def graphql_url(self) -> str:
        """Where documents are posted to."""
        return f"{self.base}/admin/api/{self.api_version}/graphql.json"

    @property
    def grant_url(self) -> str:
        """Where a token is asked for."""
        return f"{self.base}/admin/oauth/access_token"
