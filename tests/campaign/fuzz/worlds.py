"""Whole worlds in which one answer is spoilt, so that it cannot be taken for a good one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import httpx

from syncd.errors import SyncdError
from syncd.model.cases import State
from syncd.model.reasons import Reason
from syncd.report.audit import HARM
from syncd.sandbox.faults import Front
from syncd.sandbox.inline import InlineTransport
from syncd.service.build import open_shops
from syncd.shopify.operations import OPERATIONS, Operation
from syncd.store.store import Store
from syncd.sync.shop import Shop
from tests.campaign.disks.world import SHOPIFY, TIKTOK, QuickWorld, Story
from tests.campaign.fuzz.heads import odd_header, odd_status
from tests.campaign.fuzz.line import Said, name_of
from tests.campaign.fuzz.play import place_of
from tests.campaign.fuzz.proof import proves_not_run
from tests.campaign.fuzz.raw import NEVER_WHOLE
from tests.campaign.fuzz.shapes import STRUCTURAL, misshapen
from tests.campaign.fuzz.values import PAGE
from tests.sync.world import open_to_write

REQUESTS = 48
"""About as many as the story takes when all goes well."""
_EARLY = 6
"""Logins and the first pages from TikTok: few requests, on which all others rest."""
_OUR_FAULT = frozenset({400, 406, 422})
"""With JSON these would say that our request is wrong; with a page they come from something in between."""
_ACTS = 3
_SUSPECT = 2
"""So many cycles are audited from the spoilt answer on; what harm is done before the end stays to be seen."""
_GAPS = (60, 300, 1200, 1200)
_AGAIN = 6


class Spoiling(httpx.AsyncBaseTransport):
    """Both sides without sockets; the answer to one request is another one than they gave.

    In one case of two so are those to the next requests of its name: then trying again does not help.
    """

    def __init__(self, fronts: Mapping[str, Front], chance: Random) -> None:
        """The request is drawn."""
        self._inline = InlineTransport(fronts)
        self._chance = chance
        self._left = chance.randrange(chance.choice((_EARLY, REQUESTS, REQUESTS)))
        self._times = chance.choice((1, _AGAIN))
        self._name = ""
        self.told = ""
        self.honest = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over, and its answer back."""
        await request.aread()
        self._left -= not self.honest
        if self.honest or self._left >= 0 or not self._times or self._name not in ("", name_of(request)):
            return await self._inline.handle_async_request(request)
        self._name = name_of(request)
        self._times -= 1
        return (await self._spoilt(request)).response()

    async def _spoilt(self, request: httpx.Request) -> Said:
        """Another answer. One that proves that nothing was done is given only where nothing was done."""
        operation = OPERATIONS.get(name_of(request))
        kind = self._chance.choice(("shape", "shape", "bytes", "status", "header"))
        status, told = odd_status(Said(200, (), b""), self._chance)
        if kind == "status" and _denies(operation, status):
            return self._note(request, status, f"{told}, not carried out")
        response = await self._inline.handle_async_request(request)
        good = Said(response.status_code, tuple(response.headers.raw), await response.aread())
        if kind == "status":
            page = status.status in _OUR_FAULT
            return self._note(request, replace(status, body=PAGE if page else status.body or good.body), told)
        said, told = self._changed(good, kind)
        if _denies(operation, said) and not _denies(operation, good):
            said, told = replace(good, body=good.body[:-9]), "its end cut off"
        return self._note(request, said, told)

    def _note(self, request: httpx.Request, said: Said, told: str) -> Said:
        self.told = self.told or f"{name_of(request)}: {told}; {said.body[:300]!r}"
        return said

    def _changed(self, good: Said, kind: str) -> tuple[Said, str]:
        if kind == "header":
            return odd_header(good, self._chance)
        if kind == "bytes":
            tool = self._chance.choice(NEVER_WHOLE)
            return replace(good, body=tool(good.body, self._chance)), tool.__name__
        try:
            body, told = misshapen(good.body, self._chance, STRUCTURAL)
        except ValueError:  # the answer is no JSON as it is
            return replace(good, body=b""), "no body"
        return replace(good, body=body), told


def _denies(operation: Operation | None, said: Said) -> bool:
    """Whether a mutation is said not to have run."""
    return operation is not None and operation.mutation and proves_not_run(operation, said)


@dataclass
class FuzzWorld(QuickWorld):
    """A world of one number."""

    number: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw what happens."""
        super().__post_init__()
        self.chance = Random(self.number)
        self.tables["restock"] = {"location": "Warehouse"}
        self.way: Spoiling | None = None
        self._since = 0

    def line(self, fronts: Mapping[str, Front]) -> httpx.AsyncBaseTransport:
        """The same way for every process, so that only one answer is spoilt."""
        self.way = self.way or Spoiling(fronts, self.chance)
        return self.way

    @asynccontextmanager
    async def opened(
        self, store: str = "syncd.db", open_store: Callable[[Path], Store] = open_to_write, **sync: object
    ) -> AsyncIterator[Shop]:
        """The shop, as one process has it, with the same tokens and pauses each time."""
        fronts = {TIKTOK: self.pair.tiktok_server.front, SHOPIFY: self.pair.shopify_server.front}
        settings, kept, chance = self.settings(store, **sync), open_store(self.folder / store), self.chance
        with closing(kept):
            way = self.line(fronts)
            async with open_shops(settings, kept, self.own_clock, transport=way, chance=chance) as [shop]:
                yield shop

    @property
    def told(self) -> str:
        """What was wrong with the answer; empty as long as there was none."""
        return self.way.told if self.way else ""

    def one_cycle(self) -> None:
        """A process that lives for a cycle, and what is wrong after it."""
        self.clock.advance(self.chance.choice(_GAPS))
        try:
            asyncio.run(self.cycle())
        except SyncdError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            self.wrong.append(f"{type(error).__name__} in {place_of(error)}: {error}")
        self._since += bool(self.told)
        if 0 < self._since <= _SUSPECT:
            self.wrong += [text for text in self.seen() if any(f" {kind}:" in text for kind in HARM)]
        broken = [case for case in self.cases() if case.reason == Reason.INTERNAL_ERROR]
        self.wrong += [f"{case.case_id} held: {case.detail}" for case in broken]

    def seen(self) -> list[str]:
        """Everything that an audit finds, over a way on which nothing is spoilt."""
        assert self.way is not None
        self.way.honest = True
        found = self.findings()
        self.way.honest = False
        return found

    def end(self) -> None:
        """All is well again; then every case is written, or a person was told why not."""
        assert self.way is not None
        self.way.honest = True
        asyncio.run(self.until_quiet())
        self.wrong += self.findings()
        self.wrong += [
            f"{case.case_id} {case.state} without a reason"
            for case in self.cases()
            if case.state is State.HELD and not case.reason
        ]


def lived(number: int, folder: Path) -> FuzzWorld:
    """The world of that number, at its end."""
    folder.mkdir(exist_ok=True)
    world = FuzzWorld(folder, number=number)
    story = Story(world)
    for act in range(_ACTS):
        world.one_cycle()
        if act:
            story.second_act()
    world.end()
    return world
