"""Which page is at which address, and what becomes of a request that makes no sense or cannot be answered."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.errors import SyncdError
from syncd.model.cases import State
from syncd.redaction import REDACTOR
from syncd.report.templates import environment, style
from syncd.service.health import Level
from syncd.service.metrics.pages import Asked, Page, Reply
from syncd.service.page import front, listing, pictures, story
from syncd.service.page.asking import Look, NotFound, Query, Unclear
from syncd.service.telling import moment
from syncd.service.words import ago
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

View = Callable[[Look], Mapping[str, object]]
"""What a template is filled with."""
_VIEWS: Mapping[str, tuple[str, View]] = {
    "/": ("front.html.j2", front.view),
    "/cases": ("listing.html.j2", listing.view),
    "/case": ("story.html.j2", story.view),
    "/charts": ("pictures.html.j2", pictures.view),
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of one daemon. `settings` are those in effect, None as long as it is only starting."""

    settings: Callable[[], Settings | None]
    clock: Clock

    def pages(self) -> dict[str, Page]:
        """Each page by its address."""
        found: dict[str, Page] = {"/style.css": lambda _: _style()}
        return found | {path: self._page(template, view) for path, (template, view) in _VIEWS.items()}

    def _page(self, template: str, view: View) -> Page:
        return lambda asked: self._answer(template, view, asked)

    def _answer(self, template: str, view: View, asked: Asked) -> Reply:
        """The page, or one that says why there is none."""
        settings = self.settings()
        if settings is None:
            return self._sorry(HTTPStatus.SERVICE_UNAVAILABLE, "The daemon is starting", "Look again soon.")
        try:
            with closing(Store.look(settings.store.path, snapshot_from)) as store:
                content = view(Look(store, settings, self.clock.now(), Query.read(asked.query)))
                return self._made(HTTPStatus.OK, template, content)
        except Unclear as error:
            return self._sorry(HTTPStatus.BAD_REQUEST, "That is not to be understood", str(error))
        except NotFound as error:
            return self._sorry(HTTPStatus.NOT_FOUND, "There is no such case", str(error))
        except SyncdError as error:
            return self._sorry(HTTPStatus.SERVICE_UNAVAILABLE, error.what, error.hint)

    def _sorry(self, status: HTTPStatus, what: str, more: str) -> Reply:
        return self._made(status, "sorry.html.j2", {"what": what, "more": more})

    def _made(self, status: HTTPStatus, template: str, content: Mapping[str, object]) -> Reply:
        now = self.clock.now()
        text = _templates().get_template(template).render(content, now=now)
        return Reply(status, text.encode(), "text/html; charset=utf-8", _HEADERS)


@cache
def _templates() -> Environment:
    filters = {"ago": ago, "level_mood": _LEVELS.__getitem__, "moment": moment, "mood": _mood}
    return environment(f"{__package__}.templates", clean=REDACTOR.text, filters=filters)


_LEVELS = {Level.OK: "good", Level.WARNING: "warn", Level.CRITICAL: "bad"}
_STATES = {State.SYNCED: "good", State.HELD: "bad", State.DUE: "warn", State.WRITING: "warn"}


def _mood(state: str) -> str:
    """The class of a state."""
    return _STATES.get(State(state), "dim")


def _style() -> Reply:
    own = files(f"{__package__}.templates").joinpath("page.css").read_text(encoding="utf-8")
    return Reply(HTTPStatus.OK, (style() + own).encode(), "text/css; charset=utf-8", _HEADERS)
