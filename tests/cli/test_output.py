"""Tables and JSON."""

import io
import json
import re
import sys
from datetime import UTC, datetime

import pytest

from syncd.cli import output


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_piped(capsys: pytest.CaptureFixture[str]) -> None:
    """Piped, a cell is one cell in one line, whatever is in it."""
    output.table(("a", "b"), [("1\t2\r\n3", "\x1b[31m[red]x[/red]")], title="not shown")
    assert capsys.readouterr().out == "a\tb\n1 2  3\t [31m[red]x[/red]\n"


def test_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal there is a frame with its title, and brackets in a cell are no markup."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    output.table(("state", "what"), [("held", "[red]x[/red]")], title="Cases")
    shown = terminal.getvalue()
    assert "Cases" in shown
    assert "[red]x[/red]" in shown
    assert "held" in shown


def test_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """However narrow the terminal, the name of a case is whole, so that it can be copied."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    output.table(("case", "why"), [("us:4035318504086604100", "a long sentence " * 20)])
    assert "us:4035318504086604100" in terminal.getvalue()


def test_texts_under_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal they have its width, keep their own line breaks, and are left out where there is none."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    why = "a sentence of more words than there is room for in one line"
    rows = [("us:1", "held", why, "mend it, then:\nsyncd retry us:1"), ("us:22", "synced", "", "")]
    output.table(("case", "state", "why", "next"), rows, below=2)
    shown = re.sub("\x1b\\[[0-9;]*m", "", terminal.getvalue())
    assert [line.rstrip() for line in shown.splitlines()] == [
        "case   state",
        "us:1   held",
        "    why   a sentence of more words than there is room for in",
        "          one line",
        "    next  mend it, then:",
        "          syncd retry us:1",
        "us:22  synced",
    ]


def test_no_room_for_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a row is wider than the terminal, its widest text goes under it; a case's name never does."""
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("us:4035318504086604100", "RETURN_OR_REFUND", "held", "why it is")]
    output.table(("case", "TikTok says", "state", "why"), rows, below=1)
    shown = re.sub("\x1b\\[[0-9;]*m", "", terminal.getvalue())
    assert [line.rstrip() for line in shown.splitlines()] == [
        "case                    state",
        "us:4035318504086604100  held",
        "    TikTok says  RETURN_OR_REFUND",
        "    why          why it is",
    ]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Times are ISO 8601, and letters stay letters."""
    output.as_json({"at": datetime(2026, 11, 2, tzinfo=UTC), "name": "Größe"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"at": "2026-11-02T00:00:00+00:00", "name": "Größe"}
    assert "Größe" in out
