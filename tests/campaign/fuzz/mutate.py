"""One spoilt answer out of a good one: in its shape, its bytes, its status or headers, or in two of them."""

from dataclasses import replace
from random import Random

from tests.campaign.fuzz.heads import odd_header, odd_status, with_header
from tests.campaign.fuzz.line import Said
from tests.campaign.fuzz.raw import BYTES, zipped
from tests.campaign.fuzz.shapes import misshapen

_TWO = 0.2
"""How often a second thing is wrong."""
_KINDS = ("shape", "bytes", "head")
_OFTEN = (6, 2, 2)


def spoilt(said: Said, chance: Random) -> tuple[Said, str]:
    """An answer with something wrong, and what it is."""
    [kind] = chance.choices(_KINDS, _OFTEN)
    if kind == "shape":
        body, told = misshapen(said.body, chance)
        changed = replace(said, body=body)
    else:
        changed, told = _of_bytes(said, chance) if kind == "bytes" else _of_head(said, chance)
    if chance.random() < _TWO:
        changed, more = _of_bytes(changed, chance) if chance.random() < 0.2 else _of_head(changed, chance)
        told = f"{told}; {more}"
    return changed, told


def _of_bytes(said: Said, chance: Random) -> tuple[Said, str]:
    tool = chance.choice(BYTES)
    changed = replace(said, body=tool(said.body, chance))
    if tool is zipped and chance.random() < 0.8:
        changed = with_header(changed, "Content-Encoding", "gzip")
    return changed, tool.__name__


def _of_head(said: Said, chance: Random) -> tuple[Said, str]:
    return odd_status(said, chance) if chance.random() < 0.5 else odd_header(said, chance)
