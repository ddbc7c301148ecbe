"""`syncd once`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Pair
from syncd.sandbox.tiktok.wrong import Wrong, wrong_reply
from syncd.service.lock import only_writer

Run = Callable[..., Any]


def paid_back(pair: Pair, **options: Any) -> str:
    """A case that TikTok paid back."""
    sold = pair.sell({"A": "20.00"}, **options)
    return pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE).return_id


def test_json(run: Run, pair: Pair) -> None:
    """The figures of each shop, and whether all went well; holds are no failure."""
    paid_back(pair)
    paid_back(pair, gateway="paypal", manual_gateway=False)
    done = run("once", "--json")
    assert (done.code, done.err) == (0, "")
    figures = {"polled": 2, "changed": 2, "written": 1, "held": 1, "deferred": 0, "errors": []}
    assert done.json == {"ok": True, "shops": {"us": figures}}


def test_text(run: Run, pair: Pair) -> None:
    """In text, a line for each shop."""
    paid_back(pair)
    done = run("once")
    assert (done.code, done.err) == (0, "")
    assert done.out == "us: polled 1, changed 1, written 1, held 0, deferred 0\n"


def test_debug_log_is_kept_apart(run: Run, pair: Pair, config: Path) -> None:
    """However much is logged, standard output stays clean."""
    config.write_text(config.read_text() + '[logging]\nlevel = "debug"\n')
    paid_back(pair)
    done = run("once", "--json")
    assert done.json["shops"]["us"]["written"] == 1
    assert "api_call" in done.err


def test_failure(run: Run, pair: Pair) -> None:
    """A side that cannot be used ends with 75 and is told on standard error, or in the JSON."""
    paid_back(pair)
    inactive = wrong_reply(Wrong.INACTIVE, "the shop is inactive")
    pair.tiktok_server.front.faults.add(Fault(FaultKind.REPLY, "returns/search", reply=inactive))
    done = run("once", "--json")
    assert (done.code, done.json["ok"]) == (75, False)
    (error,) = done.json["shops"]["us"]["errors"]
    assert "the shop is inactive" in error
    assert pair.shopify.calls == []


@pytest.mark.usefixtures("pair")
def test_locked(run: Run, path: Path) -> None:
    """Beside the daemon it is refused with 69."""
    with only_writer(path):
        done = run("once", "--json")
    assert (done.code, done.out) == (69, "")
    assert "another syncd works on" in done.err


def test_disabled(run: Run, pair: Pair, path: Path, config: Path) -> None:
    """While disabled it makes neither a call nor a store, and says so beside the output."""
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    done = run("once", "--json")
    assert (done.code, done.json) == (0, {"ok": True, "shops": {}})
    assert done.err == "us: disabled, nothing done (set [sync] enabled = true)\n"
    assert (pair.tiktok.calls, pair.shopify.calls, path.exists()) == ([], [], False)


@pytest.mark.parametrize("command", ["once", "plan", "run", "list", "status"])
def test_wrong_config(run: Run, config: Path, command: str) -> None:
    """A wrong config ends every command with 78 before anything else."""
    config.write_text("[sync]\nenabeld = true\n")
    done = run(command)
    assert (done.code, done.out) == (78, "")
    assert "enabeld" in done.err


@pytest.mark.parametrize("arguments", [("twice",), ("once", "--fast"), ("show",), ()])
def test_wrong_use(run: Run, arguments: tuple[str, ...]) -> None:
    """A command that does not exist ends with 64."""
    assert run(*arguments).code == 64
