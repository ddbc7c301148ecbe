"""The token service: codes, refresh tokens and access tokens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from syncd.clock import Clock
from syncd.sandbox.http import Request
from syncd.sandbox.tiktok.rows import Json, seconds
from syncd.sandbox.tiktok.switches import Switches
from syncd.sandbox.tiktok.world import SandboxShop
from syncd.sandbox.tiktok.wrong import Wrong, WrongRequest

_CODE_LIFE = timedelta(minutes=30)
_AUTHORISED_FOR = timedelta(days=365)


@dataclass(slots=True)
class Login:
    """One seller's authorisation: may be changed at any time."""

    shops: list[SandboxShop]
    scopes: set[str]
    expires_at: datetime
    revoked: bool = False
    refresh_tokens: list[str] = field(default_factory=list, repr=False)
    access_tokens: dict[str, datetime] = field(default_factory=dict, repr=False)

    @property
    def refresh_token(self) -> str:
        """The newest one."""
        return self.refresh_tokens[-1]

    def expire_access(self, now: datetime) -> None:
        """From now on every access token given out so far is too old."""
        self.access_tokens = dict.fromkeys(self.access_tokens, now)


class Accounts:
    """Logins by token."""

    def __init__(self, clock: Clock, app_key: str, app_secret: str, switches: Switches) -> None:
        self._clock = clock
        self._app = (app_key, app_secret)
        self._switches = switches
        self._numbers = count(1)
        self._logins: list[Login] = []
        self._codes: dict[str, tuple[Login, datetime]] = {}

    def authorise(self, shops: list[SandboxShop], scopes: set[str]) -> Login:
        """A seller gives consent; the login has a refresh token from the start."""
        login = Login(shops, scopes, self._clock.now() + _AUTHORISED_FOR)
        login.refresh_tokens.append(self._token("refresh"))
        self._logins.append(login)
        return login

    def code(self, login: Login) -> str:
        """A code that can be traded once, within 30 minutes."""
        code = self._token("code")
        self._codes[code] = (login, self._clock.now() + _CODE_LIFE)
        return code

    def exchange(self, request: Request) -> Json:
        """Get a token for a code."""
        self._check(request, "authorized_code")
        login, until = self._codes.pop(request.argument("auth_code"), (None, self._clock.now()))
        if login is None or self._clock.now() >= until:
            raise WrongRequest(Wrong.AUTH_CODE, "auth code is invalid, expired or already used")
        return self._pair(login, with_refresh=True)

    def refresh(self, request: Request) -> Json:
        """Get a new access token, and by the switches a new refresh token."""
        self._check(request, "refresh_token")
        given = request.argument("refresh_token")
        login = next((one for one in self._logins if given in one.refresh_tokens), None)
        if login and login.revoked:
            raise WrongRequest(Wrong.NO_AUTHORISATION, "no authorization record found")
        if login is None or self._clock.now() >= login.expires_at:
            raise WrongRequest(Wrong.REFRESH_TOKEN, "rt has expired")
        if self._switches.refresh_kills_access_token:
            login.access_tokens.clear()
        if self._switches.rotates_refresh_token:
            kept = [] if self._switches.old_refresh_token_dies else login.refresh_tokens
            login.refresh_tokens = [*kept, self._token("refresh")]
        return self._pair(login, with_refresh=self._switches.refresh_answer_has_refresh_token)

    def login_of(self, access_token: str) -> Login:
        """The login that an access token stands for."""
        login = next((one for one in self._logins if access_token in one.access_tokens), None)
        if login is None:
            raise WrongRequest(Wrong.PARAMETER, "x-tts-access-token header is invalid")
        if login.revoked:
            raise WrongRequest(Wrong.TOKEN, "access token is invalid")
        if self._clock.now() >= login.access_tokens[access_token]:
            raise WrongRequest(Wrong.TOKEN_EXPIRED, "access token is expired, please refresh it")
        return login

    def _check(self, request: Request, grant_type: str) -> None:
        app = (request.argument("app_key"), request.argument("app_secret"))
        right = app == self._app and request.argument("grant_type") == grant_type
        if request.method != "GET" or not right:
            raise WrongRequest(Wrong.TOKEN_PARAMETERS, "invalid parameters")

    def _pair(self, login: Login, *, with_refresh: bool) -> Json:
        access = self._token("access")
        until = self._clock.now() + self._switches.access_token_life
        login.access_tokens[access] = until
        return {
            "access_token": access,
            "access_token_expire_in": seconds(until),
            "refresh_token": login.refresh_token if with_refresh else "",
            "refresh_token_expire_in": seconds(login.expires_at),
            "open_id": "7010736057180325637",
            "seller_name": login.shops[0].name if login.shops else "",
            "seller_base_region": login.shops[0].region if login.shops else "",
            "user_type": 0,
            "granted_scopes": sorted(login.scopes),
        }

    def _token(self, kind: str) -> str:
        return f"ROW_{kind}-{next(self._numbers):06d}"
