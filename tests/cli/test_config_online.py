"""`syncd config check --online`: the file against the Shopify stores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.pair import Pair

Run = Callable[..., Any]


@pytest.mark.usefixtures("pair")
def test_a_good_file(run: Run) -> None:
    """It is told as without --online."""
    done = run("config", "check", "--online")
    assert (done.code, done.out) == (0, run("config", "check").out)


@pytest.mark.parametrize(
    ("location", "what"),
    [
        ("Nowhere", "none is called 'Nowhere' (set location in [restock] to one of: "),
        ("Closed", "Closed is not active: units cannot go there (set location in [restock] to one of: "),
        ("Partner", "Partner is a fulfilment service's: units cannot go there (set location in [restock] to"),
    ],
)
def test_a_location(run: Run, pair: Pair, config: Path, location: str, what: str) -> None:
    """A location where units cannot go is a problem of the file, with its line."""
    pair.shopify.add_location("Closed", active=False)
    pair.shopify.add_location("Partner", fulfillment_service=True)
    text = config.read_text() + f'[shops.us.restock]\nlocation = "{location}"\n'
    config.write_text(text)
    assert run("config", "check").code == 0
    done = run("config", "check", "--online")
    assert (done.code, done.out) == (78, "")
    line = text.count("\n")
    assert f"{config}:{line}: shops.us.restock.location: {what}" in done.err
    told = run("config", "check", "--online", "--json")
    assert (told.code, told.json["ok"], len(told.json["problems"])) == (78, False, 1)


@pytest.mark.usefixtures("pair")
def test_a_refused_login(run: Run, config: Path) -> None:
    """A store that cannot be asked is told as what it is, not as a problem of the file."""
    config.write_text(config.read_text().replace("client-secret", "wrong"))
    done = run("config", "check", "--online")
    assert (done.code, done.out) == (77, "")
