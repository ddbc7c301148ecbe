"""`syncd check`."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.service.lock import only_writer
from syncd.service.session import reading, writing
from tests.cli.conftest import Done

Run = Callable[..., Any]
GOOD = ALL_SCOPES - {"read_inventory"}


@pytest.fixture
def healthy(pair: Pair, config: Path, run: Run) -> Pair:
    """Both sides with three cases that a cycle has carried over."""
    for sku in ("SHIRT", "MUG", "CAP"):
        sold = pair.sell({sku: "20.00"})
        pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    config.write_text(config.read_text() + '\n[alerts]\nurls = ["json://127.0.0.1:9/x"]\n')
    assert run("once").code == 0
    pair.tiktok.calls.clear()
    pair.shopify.calls.clear()
    return pair


def found(done: Done, check: str) -> list[tuple[str, str, str]]:
    """What a check said: how it is, what was found, and the remedy."""
    return [
        (result["level"], result["what"], result["remedy"])
        for result in done.json["results"]
        if result["check"] == check
    ]


def change(config: Path, table: str, key: str, value: str) -> None:
    """Set a key in a table of the shop."""
    before, header, after = config.read_text().partition(f"[shops.us.{table}]\n")
    own, gap, rest = after.partition("\n[")
    own = re.sub(rf"(?m)^{key} = .*\n", "", own)
    config.write_text(f"{before}{header or f'[shops.us.{table}]'}\n{key} = {value}\n{own}{gap}{rest}")


def test_all_is_well(run: Run, healthy: Pair) -> None:
    """A line for each, nothing written, and few points spent."""
    done = run("check")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert {line.split("  ")[0] for line in lines} == {"ok"}
    text = done.out
    for words in (
        "config: ",
        "store: ",
        " is whole: 3 cases, ",
        "disk: ",
        "daemon: it does not run",
        "alerts: 1 set",
        "TikTok Shop's API, 127.0.0.1:",
        "answers in ",
        "clock: the clock is right",
        f"us TikTok login: it works: {healthy.tiktok.shop.name}, {healthy.tiktok.shop.region}",
        "us authorisation: it ends in 364 days",
        "us TikTok scopes: all that is needed",
        "us TikTok cases: they can be read; looked at lately: 3 returns",
        "us Shopify login: it works: Acme, USD, America/New_York; API version 2026-10",
        "us Shopify scopes: all that is needed; not needed: read_inventory",
        "us location: where the unit was shipped from; locations of the merchant's own: 1",
        "us matching: 3 of 3 orders of the latest cases found: 3 by tag",
        "us gateways: 'TikTok Shop' on 3 of 3 orders: may be refunded",
        "us currency: USD",
        "us other apps: no refund of others on these orders",
    ):
        assert words in text, words
    assert healthy.shopify.writes() == []
    assert len(healthy.shopify.calls) < 15


def test_json(run: Run, healthy: Pair) -> None:
    """One document."""
    done = run("check", "--json")
    assert (done.code, done.json["ok"]) == (0, True)
    assert done.json["results"][0].keys() == {"level", "shop", "check", "what", "remedy"}
    assert {result["shop"] for result in done.json["results"]} == {None, "us"}
    assert healthy.shopify.writes() == []


def test_beside_the_daemon(run: Run, healthy: Pair, path: Path) -> None:
    """Nothing is written into its store, and no token is renewed."""
    healthy.tiktok.login.expire_access(healthy.clock.now() - timedelta(days=1))
    before = path.read_bytes()
    with only_writer(path):
        done = run("check", "--json")
    assert path.read_bytes() == before
    assert [call.operation for call in healthy.tiktok.calls if call.operation.startswith("token")] == []
    assert found(done, "daemon")[0][:2] == ("ok", "it runs")
    [(level, what, remedy)] = found(done, "TikTok login")
    assert (level, "has to be renewed, which only the running daemon does" in what) == ("critical", True)
    assert "start the daemon" in remedy
    assert found(done, "Shopify login")[0][0] == "ok"


def test_before_the_first_start(run: Run, pair: Pair, path: Path) -> None:
    """Without a store the logins are tried, and the new TikTok token is kept."""
    done = run("check", "--json")
    assert found(done, "store") == [("ok", f"{path}: there is none yet; the first start makes it", "")]
    assert found(done, "TikTok login")[0][0] == "ok"
    assert found(done, "matching") == [("ok", "there are no cases of the last 30 days to try it on", "")]
    assert found(done, "alerts")[0][0] == "warning"
    assert done.code == 1
    with reading(path) as store:
        assert store.database.rows("SELECT key FROM tokens")
    assert pair.shopify.writes() == []


def test_a_login_that_is_refused(run: Run, healthy: Pair) -> None:
    """The command is named; the other side is looked at, and what needs the login is not tried."""
    healthy.tiktok.login.revoked = True
    done = run("check", "--json")
    [(level, what, remedy)] = found(done, "TikTok login")
    assert (level, remedy) == ("critical", "syncd auth tiktok --shop us")
    assert what.startswith("the seller has taken the authorisation back")
    assert found(done, "Shopify login")[0][0] == "ok"
    for check, remedy in (("TikTok cases", "see TikTok login"), ("matching", "see what is said above")):
        assert [(bad, told) for bad, _, told in found(done, check)] == [("warning", remedy)]
    assert done.code == 2


def test_an_address_that_nobody_answers(run: Run, healthy: Pair, config: Path) -> None:
    """It is told once, with the address, and every check that needs it fails by itself."""
    change(config, "shopify", "api_base", '"http://127.0.0.1:9"')
    done = run("check", "--json")
    bad = [what for level, what, _ in found(done, "network") if level == "critical"]
    assert len(bad) == 1
    assert bad[0].startswith("Shopify, 127.0.0.1:9: no connection")
    assert found(done, "TikTok cases")[0][0] == "ok"
    assert [level for level, _, _ in found(done, "location")] == ["warning"]
    assert healthy.shopify.calls == []


def test_a_damaged_store(run: Run, healthy: Pair, path: Path) -> None:
    """Shopify is looked at all the same, and the file is left as it is."""
    path.write_bytes(b"rubbish " * 1000)
    done = run("check", "--json")
    assert found(done, "store")[0][0] == "critical"
    assert (found(done, "Shopify login")[0][0], done.code) == ("ok", 2)
    assert path.read_bytes() == b"rubbish " * 1000
    assert healthy.shopify.writes() == []


def test_files(run: Run, healthy: Pair, path: Path, config: Path) -> None:
    """What others may change or read, and what the daemon may not write, is told with the command."""
    config.chmod(0o602)
    path.chmod(0o644)
    done = run("check", "--json", "--shop", "us")
    assert found(done, "config") == [
        ("critical", f"{config} may be changed by everybody", f"chmod o-w {config}")
    ]
    assert ("warning", f"{path} has mode 0644: others may read it", f"chmod 600 {path}") in found(
        done, "files"
    )
    assert healthy.shopify.writes() == []
    if os.geteuid() == 0:
        os.chown(f"{path}.lock", 65534, -1)
        done = run("check", "--json")
        assert any(level == "critical" and "belongs to" in what for level, what, _ in found(done, "files"))


@pytest.mark.usefixtures("healthy")
def test_missing_secrets(run: Run, config: Path) -> None:
    """The rest is looked at, and each is named."""
    config.write_text(re.sub(r"(?m)^(app_secret|client_secret) = .*\n", "", config.read_text()))
    done = run("check", "--json")
    assert [level for level, _, _ in found(done, "config")] == ["critical", "critical"]
    assert (found(done, "logins")[0][0], found(done, "clock")[0][0], done.code) == ("warning", "ok", 2)


@pytest.mark.usefixtures("healthy")
def test_a_dead_daemon(run: Run, path: Path) -> None:
    """It is told as by `syncd status`."""
    with writing(path) as store:
        store.memory.put("daemon", "2026-11-01T00:00:00+00:00 alive")
    [(level, what, remedy)] = found(run("check", "--json"), "daemon")
    assert (level, what.startswith("it died")) == ("critical", True)
    assert remedy.startswith("systemctl restart syncd")


def test_scopes(run: Run, healthy: Pair) -> None:
    """What is missing is told with what it is for; what only a part needs is a warning."""
    healthy.tiktok.login.scopes = {"seller.return_refund.basic", "seller.order.info"}
    healthy.shopify.tokens.scopes = GOOD - {"write_returns", "read_all_orders"}
    healthy.shopify.tokens.revoke_all()
    done = run("check", "--json")
    assert found(done, "TikTok login")[0][0] == "critical"
    assert [(level, what) for level, what, _ in found(done, "Shopify scopes")] == [
        ("critical", "write_returns is missing, to show returns"),
        ("warning", "read_all_orders is missing, to find orders older than 60 days"),
    ]


def test_another_version(run: Run, healthy: Pair) -> None:
    """Shopify's answer in another version is a reason to stop."""
    healthy.shopify.switches.answers_version = "2026-07"
    [(level, what, remedy)] = found(run("check", "--json"), "Shopify login")
    assert (level, "2026-07 and not in 2026-10" in what) == ("critical", True)
    assert remedy.startswith("Update syncd")


def test_the_wrong_tiktok_shop(run: Run, healthy: Pair, config: Path) -> None:
    """Which shops the login is for is told."""
    change(config, "tiktok", "shop_cipher", '"OTHER"')
    [(level, what, remedy)] = found(run("check", "--json"), "TikTok login")
    assert (level, f"({healthy.tiktok.shop.cipher})" in what) == ("critical", True)
    assert remedy == "set shop_cipher in [shops.us.tiktok] to the one of us"


@pytest.mark.parametrize(
    ("location", "level", "words"),
    [
        ("Warehouse", "ok", "Warehouse is there and active"),
        ("Attic", "critical", "none is called 'Attic'"),
        ("Closed", "critical", "Closed is not active"),
        ("Partner", "critical", "Partner is a fulfilment service's"),
    ],
)
def test_location(  # noqa: PLR0917 - a table
    run: Run, healthy: Pair, config: Path, location: str, level: str, words: str
) -> None:
    """The place where units are restocked must be there, active, and the merchant's own."""
    healthy.shopify.add_location("Closed", active=False)
    healthy.shopify.add_location("Partner", fulfillment_service=True)
    change(config, "restock", "location", f'"{location}"')
    [(told, what, remedy)] = found(run("check", "--json"), "location")
    assert (told, words in what) == (level, True)
    assert ("Warehouse" in remedy) == (level == "critical")


def test_gateways(run: Run, healthy: Pair, config: Path) -> None:
    """A payment that is neither manual nor allowed would pay the buyer again: its refunds are held."""
    for gateway in ("shopify_payments", "tiktok"):
        sold = healthy.sell({"HAT": "5.00"}, gateway=gateway, manual_gateway=False)
        healthy.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    change(config, "shopify", "allowed_gateways", '["TikTok"]')
    told = {
        what.split("'")[1]: (level, remedy)
        for level, what, remedy in found(run("check", "--json"), "gateways")
    }
    assert {name: level for name, (level, _) in told.items()} == {
        "shopify_payments": "warning",
        "tiktok": "ok",
        "TikTok Shop": "ok",
    }
    assert "allowed_gateways of [shops.us.shopify]" in told["shopify_payments"][1]


def test_matching_and_other_apps(run: Run, healthy: Pair) -> None:
    """Orders that are not found, and refunds that somebody else makes."""
    sold = healthy.sell({"HAT": "5.00"})
    healthy.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    healthy.shopify.foreign_refund(sold.shopify, amount=500, app="AfterShip Feed")
    lost = healthy.sell({"SCARF": "5.00"}, tags=["something"])
    healthy.tiktok.add_return(lost.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    done = run("check", "--json")
    assert found(done, "matching")[0][:2] == ("ok", "4 of 5 orders of the latest cases found: 4 by tag")
    assert found(done, "matching")[1][:2] == ("warning", f"not found: {lost.tiktok.order_id}")
    [(level, what, _)] = found(done, "other apps")
    assert (level, "AfterShip Feed on 1" in what) == ("warning", True)


def test_nothing_is_found(run: Run, pair: Pair) -> None:
    """Where not one order is found, [match] is wrong."""
    sold = pair.sell({"SCARF": "5.00"}, tags=["something"])
    pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    [(level, what, remedy)] = found(run("check", "--json"), "matching")
    assert (level, what) == ("critical", "0 of 1 orders of the latest cases found")
    assert "[match]" in remedy


def test_alert(run: Run, pair: Pair, config: Path) -> None:
    """A test message goes to every address; one that nobody answers is critical, and no address is shown."""
    assert found(run("check", "--json", "--alert"), "alerts")[-1][:2] == (
        "critical",
        "there is no address to send a test to",
    )
    config.write_text(config.read_text() + '\n[alerts]\nurls = ["json://user:canary@127.0.0.1:9/x"]\n')
    done = run("check", "--json", "--alert")
    assert found(done, "alerts")[-1][0] == "critical"
    assert "canary" not in done.out + done.err
    assert pair.shopify.writes() == []


@pytest.mark.usefixtures("pair")
def test_a_shop_that_does_not_exist(run: Run) -> None:
    """It is a usage error."""
    assert run("check", "--shop", "eu").code == 64
