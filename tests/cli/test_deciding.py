"""What a person decides by command is kept with who, when and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import Case
from syncd.sandbox.pair import Pair
from syncd.service.decisions import Command
from syncd.service.requests import carry_out
from syncd.service.session import writing
from tests.cli.conftest import NOW

Run = Callable[..., Any]
LATER = NOW + timedelta(hours=1)
WHY = "looked at it"


@pytest.mark.parametrize(
    ("command", "name", "words"),
    [
        (Command.RETRY, "held", ""),
        (Command.APPROVE, "held", ""),
        (Command.LINK, "held", "938"),
        (Command.DISMISS, "held", WHY),
        (Command.RESTOCK, "synced", '{"MUG": 1}'),
        (Command.NOT_RESTOCK, "synced", ""),
    ],
)
def test_each_has_who_when_and_why(
    cases: dict[str, Case], path: Path, command: Command, name: str, words: str
) -> None:
    """Also where the daemon carries it out later."""
    case = cases[name]
    with writing(path) as store:
        store.cases.keep(replace(case, waiting_units={"MUG": 1}, reason=case.reason and "paused"), NOW)
        store.requests.leave("us", case.case_id, command=command, who="kim", words=words, why=WHY, now=NOW)
        (done,) = carry_out(store, "us", LATER)
        assert done.refused == ""
        last = store.cases.history("us", case.case_id)[-1]
        assert (last.at, last.detail["who"], last.detail["why"]) == (LATER, "kim", WHY)
        known = store.cases.get("us", case.case_id)
        assert known
        told = [(ruling.who, ruling.at, ruling.why) for ruling in known.rulings]
        assert told == [("kim", LATER, WHY)] * (command is not Command.RETRY)


def test_the_reason_that_is_typed(run: Run, pair: Pair, path: Path) -> None:
    """What is given with --why is kept."""
    sold = pair.sell({"MUG": "5.00"})
    case = pair.tiktok.add_return(sold.tiktok, type="REFUND")
    assert run("once").code == 0
    done = run("retry", case.return_id, "--why", " the order was mended ")
    assert (done.code, done.err) == (0, "")
    with writing(path) as store:
        (asked,) = [line for line in store.cases.history("us", case.return_id) if line.event == "retry"]
    assert asked.detail["why"] == "the order was mended"


@pytest.mark.usefixtures("cases")
def test_no_such_shop(run: Run) -> None:
    """A mistyped shop is told as such, not as a shop where nothing is held."""
    done = run("approve", "--all", "--shop", "fr")
    assert (done.code, "there is no shop fr" in done.err) == (64, True)
