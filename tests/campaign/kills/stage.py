"""Both stand-ins, one or more installations of the program, and somebody who audits them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from syncd.sandbox.pair import Pair
from syncd.sandbox.server import in_background
from tests.campaign.kills.check import Auditor
from tests.campaign.kills.side import Door, Side, Tables
from tests.campaign.kills.starts import Start

RESTORE_RATE = 1000.0
"""Points per second: nobody has to wait for them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that one seed is played with."""

    pair: Pair
    sides: list[Side]
    auditor: Auditor

    def until_all_have_landed(self) -> None:
        """Wait for the requests that are late; any other one brings in those whose time has come."""
        fronts = [server.front for side in self.sides for server in side.door.servers]
        while any(front._late for front in fronts):
            httpx.get(self.pair.shopify_server.url)
            time.sleep(0.1)


@contextmanager
def staged(folder: Path, start: Start, installations: int, settings: Tables | None = None) -> Iterator[Stage]:
    """Serve for as long as the block lasts; `settings` are further ones of the program."""
    pair = Pair()
    pair.shopify.switches.restore_rate = RESTORE_RATE
    # A refresh token that is lost in a death right after it was rotated needs a person.
    pair.tiktok.switches.old_refresh_token_dies = False
    doors = [Door(pair) for _ in range(installations)]
    _let_late_ones_in(pair, doors)
    servers = [server for door in doors for server in door.servers]
    with in_background(pair.tiktok_server, pair.shopify_server, *servers):
        sides = [
            Side(pair, folder / f"side-{number}", start, door, settings or {})
            for number, door in enumerate(doors)
        ]
        auditor = Auditor(pair, folder)
        with auditor.closing():
            yield Stage(pair, sides, auditor)


def _let_late_ones_in(pair: Pair, doors: list[Door]) -> None:
    """What is to land late lands in time, whichever way the next request comes."""
    fronts = [server.front for door in doors for server in door.servers]

    def settle(*_: object) -> None:
        for front in fronts:
            front.settle()

    for front in (pair.shopify_server.front, *fronts):
        front.faults.before.insert(0, settle)
