"""Who may speak to the shop: the client credentials grant, and static tokens."""

from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qs

from syncd.clock import Clock
from syncd.sandbox.http import Reply, Request, html_reply, json_reply
from syncd.sandbox.shopify.switches import Switches

PATH = "/admin/oauth/access_token"
WRONG_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105


@dataclass(frozen=True, slots=True)
class _Grant:
    scopes: frozenset[str]
    until: float


class Tokens:
    """Gives tokens out and knows their scopes.

    `scopes` are those approved at installation; a token keeps the scopes of its own time. `installed` and
    `permitted` make the grant fail as it does for apps that are not installed or of another organisation.
    """

    def __init__(
        self,
        clock: Clock,
        switches: Switches,
        *,
        client_id: str,
        client_secret: str,
        static_token: str,
        scopes: frozenset[str],
    ) -> None:
        self.scopes = scopes
        self.installed = True
        self.permitted = True
        self.static_token = static_token
        self._clock = clock
        self._switches = switches
        self._login = (client_id, client_secret)
        self._grants: dict[str, _Grant] = {}
        self._numbers = count(1)

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """What this token may do; None when it is wrong or has expired."""
        if token and token == self.static_token:
            return self.scopes
        grant = self._grants.get(token)
        return grant.scopes if grant and grant.until > self._clock.monotonic() else None

    def revoke_all(self) -> None:
        """Forget every token that was granted."""
        self._grants.clear()

    def grant(self, request: Request) -> Reply:
        """POST /admin/oauth/access_token; refusals are HTML pages with status 400."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if refusal := self._refusal(form):
            return html_reply(f"<h1>Oops, something went wrong.</h1><p>Oauth error {refusal}</p>", 400)
        if self._switches.grant_revokes_former_token:
            self.revoke_all()
        token = f"shpat_{next(self._numbers):032x}"
        until = self._clock.monotonic() + self._switches.token_seconds
        self._grants[token] = _Grant(self.scopes, until)
        scope = ",".join(sorted(self.scopes))
        return json_reply({"access_token": token, "scope": scope, "expires_in": self._switches.token_seconds})

    def _refusal(self, form: dict[str, str]) -> str:
        if (
            form.get("grant_type") != "client_credentials"
            or not {"client_id", "client_secret"} <= form.keys()
        ):
            return "invalid_request: The request is missing a required parameter."
        if form["client_id"] != self._login[0]:
            return "application_cannot_be_found: The application cannot be found."
        if form["client_secret"] != self._login[1]:
            return "invalid_client: The client secret is wrong."
        if not self.permitted:
            return "shop_not_permitted: Client credentials cannot be performed on this shop."
        if not self.installed:
            return "app_not_installed: The application is not installed on this shop."
        return ""
