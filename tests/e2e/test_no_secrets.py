"""A user who may not read the secrets, beside a daemon that has them as credentials."""

from pathlib import Path
from typing import TYPE_CHECKING

from syncd.model.cases import ReturnStatus, ReturnType
from tests.e2e.test_daemon import until

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program

MISSING = {"CREDENTIALS_DIRECTORY": "/nowhere"}


def without_secrets(syncd: "Program", pair: "Pair") -> dict[str, str]:
    """Move every secret out of the config file into a folder of credentials; the daemon's environment."""
    folder = syncd.folder / "credentials"
    folder.mkdir(mode=0o700)
    secrets = {
        "shops.us.tiktok.app_secret": pair.tiktok.app_secret,
        "shops.us.tiktok.refresh_token": pair.tiktok.login.refresh_token,
        "shops.us.shopify.client_secret": "made-up-client-secret-0001",
    }
    for key, secret in secrets.items():
        table, _, name = key.rpartition(".")
        Path(folder, key).write_text(secret)
        syncd.set(table, **{name: ""})
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def test_beside_the_daemon_nobody_needs_the_secrets(syncd: "Program", pair: "Pair") -> None:
    """What is read and what is decided works without them; the daemon, which has them, writes."""
    sold = pair.sell({"SHIRT": "20.00"}, quantity=2)
    pair.shopify.foreign_refund(sold.shopify, amount=2000, units={"SHIRT": 1})
    case = pair.tiktok.add_return(
        sold.tiktok, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
    ).return_id
    with syncd.running(environment=without_secrets(syncd, pair)):
        until(lambda: syncd.store.exists() and syncd.states() == {case: "held foreign_refund"})
        seen = syncd.run("status", "--json", environment=MISSING)
        approved = syncd.run("approve", case, environment=MISSING)

    assert (seen.code, seen.json["shops"]["us"]["held"], seen.err) == (1, 1, "")
    assert (approved.code, approved.out, approved.err) == (0, f"us:{case} is synced\n", "")
    assert len(pair.shopify.writes("refundCreate")) == 1
