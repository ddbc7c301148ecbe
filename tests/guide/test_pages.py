"""What the pages for operators name is there, and is called so."""

import re
import shlex
from collections.abc import Iterator

import pytest

from syncd import errors
from tests.guide.pages import ALIAS, CONFIG, PAGES, blocks, lines, of_unit

_PLACES = (
    *("/opt/syncd", "/usr/local/bin/syncd", "/run/syncd", "/var/lib/syncd", "/var/backups/syncd"),
    *("/etc/syncd/syncd.toml", "/etc/syncd/credentials", "/etc/syncd/ca.pem", "/etc/syncd/eu."),
    *("/etc/systemd/system/syncd", "/etc/sysusers.d/syncd.conf", "/etc/tmpfiles.d/syncd.conf"),
)
"""What the units have, where they are installed, and what the guide has people make."""


def test_units_are_named_as_they_are_shipped() -> None:
    """Whatever systemctl and journalctl are told is one of ours."""
    units = {name for line in lines() for name in _units(line)}
    assert {"syncd", "syncd@eu"} <= units <= {"syncd", "syncd@eu", "syncd*"}


def _units(line: str) -> Iterator[str]:
    words = shlex.split(line.partition(" | ")[0], comments=True)
    if words[0] == "systemctl":
        yield from (word for word in words[2:] if not word.startswith("-") and word not in {"edit", "enable"})
    if words[0] == "journalctl" and "-u" in words:
        yield words[words.index("-u") + 1]


@pytest.mark.parametrize("page", PAGES)
def test_places_are_the_shipped_ones(page: str) -> None:
    """Every path of syncd is one that the units have, or that is made by an earlier step."""
    named = re.findall(r"(?<![\w.])/(?:etc|opt|run|usr|var)/[^\s`\"'|,;)]*syncd[^\s`\"'|,;)]*", PAGES[page])
    places = {place.rstrip(".") for place in named} - {"/etc/syncd"}
    assert [place for place in places if not place.startswith(_PLACES)] == []


@pytest.mark.parametrize("page", PAGES)
def test_files_exist(page: str) -> None:
    """Those that are linked, and those of the source that are to be installed."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)[)#]", PAGES[page])
    sources = [name for block in blocks(PAGES[page]) for name in re.findall(r"(?<![\w/])config/(\S+)", block)]
    assert not [name for name in (*links, *sources) if not (CONFIG / name).exists()]


def test_every_file_is_listed() -> None:
    """The guide begins with what each file beside it is."""
    listed = set(re.findall(r"^\| \[`([^`]+)`\]", PAGES["guide.md"], re.MULTILINE))
    there = {str(file.relative_to(CONFIG)) for file in CONFIG.rglob("*") if file.is_file()}
    assert listed == there


@pytest.mark.parametrize("page", PAGES)
def test_sections_exist(page: str) -> None:
    """Each that is linked is under a heading of that page."""
    links = re.findall(r"\]\(([\w-]+\.md)?#([^)]+)\)", PAGES[page])
    assert [(at, anchor) for at, anchor in links if anchor not in _anchors(PAGES[at or page])] == []


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_secrets_are_those_of_the_unit() -> None:
    """Every way to run a command with secrets hands it the same ones, as the unit's user."""
    wanted = f" --uid={of_unit('User')} -p LoadCredential={of_unit('LoadCredential')}"
    ways = [line for line in lines() if "systemd-run" in line]
    assert ways
    for way in ways:
        assert wanted in way
        assert way.startswith(f"alias {ALIAS}=") or of_unit("ExecStart").split()[0] in way


def test_every_exit_code_has_its_row() -> None:
    """With what systemd does about it."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|", PAGES["runbook.md"], re.MULTILINE)
    never = {"0", *of_unit("RestartPreventExitStatus").split()}
    codes = {"0", *(str(kind.exit_code) for kind in _all_errors())}
    again = f"every {of_unit('RestartSec')} seconds"
    assert dict(rows) == {code: "no" if code in never else again for code in codes}


def _all_errors(kind: type[errors.SyncdError] = errors.SyncdError) -> Iterator[type[errors.SyncdError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _all_errors(inner)
