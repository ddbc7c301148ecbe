"""The pages for operators, and what they tell people to type."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

CONFIG = Path(__file__).parents[2] / "config"
PAGES = {page.name: page.read_text() for page in sorted(CONFIG.glob("*.md"))}
UNIT = (CONFIG / "syncd.service").read_text()
ALIAS = "as-syncd"
"""What the guide calls the way to run a command with the unit's secrets."""


def blocks(text: str) -> list[str]:
    """The commands that are set off from the text, a block each."""
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def lines() -> list[str]:
    """Each line of them, on all pages."""
    found = (block for text in PAGES.values() for block in blocks(text))
    return [line for block in found for line in block.replace("\\\n", " ").splitlines() if line]


@dataclass(frozen=True, slots=True)
class Typed:
    """One run of the program, as somebody types it; `then` is what its output is piped into."""

    words: tuple[str, ...]
    with_secrets: bool
    then: str

    def __str__(self) -> str:
        """As it stands in the name of its test."""
        return " ".join((ALIAS,) * self.with_secrets + self.words)


def typed() -> list[Typed]:
    """Each run of the program once."""
    return list(dict.fromkeys(run for line in lines() if (run := _run(line))))


def _run(line: str) -> Typed | None:
    command, _, then = line.partition(" | ")
    words = shlex.split(command, comments=True)
    if words[0] in {ALIAS, "systemd-run"}:
        program = next(place for place, word in enumerate(words) if Path(word).name == "syncd")
        return Typed(tuple(words[program + 1 :]), with_secrets=True, then=then)
    return Typed(tuple(words[1:]), with_secrets=False, then=then) if words[0] == "syncd" else None


def in_sentences() -> list[str]:
    """Each command of the program that a sentence names."""
    pattern = re.compile(r"`((?:as-)?syncd [a-z][^`]+)`")
    return sorted({code for text in PAGES.values() for code in pattern.findall(text)})


def of_unit(key: str) -> str:
    """What the unit says of a key that it has once."""
    (value,) = re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)
    return str(value)
