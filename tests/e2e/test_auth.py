"""A new login for a daemon that runs."""

from typing import TYPE_CHECKING

from tests.e2e.test_daemon import until

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program


def test_a_running_daemon_takes_a_new_login_up(syncd: "Program", pair: "Pair") -> None:
    """The old one is taken back; the code is traded beside the daemon, which goes on without a restart.

    A second shop whose login works keeps the daemon from giving up.
    """
    accounts, first = pair.tiktok.accounts, pair.tiktok.login
    other = pair.tiktok.add_shop("UK", "GB")
    second = accounts.authorise([other], set(first.scopes))
    syncd.set("sync", poll_interval="1s")
    syncd.set("shops.us.tiktok", shop_cipher=pair.tiktok.shop.cipher)
    own = {
        "app_key": pair.tiktok.app_key,
        "app_secret": pair.tiktok.app_secret,
        "api_base": pair.tiktok_server.url,
        "auth_base": pair.tiktok_server.url,
    }
    syncd.set("shops.uk.tiktok", **own, refresh_token=second.refresh_token, shop_cipher=other.cipher)
    syncd.set(
        "shops.uk.shopify",
        domain=pair.shopify.domain,
        client_id="client-id",
        client_secret="made-up-client-secret-0001",
        api_base=pair.shopify_server.url,
    )
    with syncd.running() as daemon:
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        first.revoked = True
        until(lambda: "taken the authorisation back" in (syncd.progress().last_error or ""))
        new = accounts.authorise([pair.tiktok.shop], set(first.scopes))
        (syncd.folder / "code").write_text(f"https://app.example/?code={accounts.code(new)}")
        done = syncd.run("auth", "tiktok", "--shop", "us", "--code-file", str(syncd.folder / "code"))
        assert (done.code, done.out.splitlines()[-1]) == (
            0,
            "the running daemon uses it from its next poll on",
        )
        until(lambda: syncd.progress().last_error is None)
        checked = syncd.run("check", "--json")
        assert daemon.poll() is None
    levels = {(result["shop"], result["check"]): result["level"] for result in checked.json["results"]}
    assert checked.code == 1  # nobody is told of alerts
    assert [name for name, level in levels.items() if level != "ok"] == [(None, "alerts")]
    assert {("us", "TikTok login"), ("uk", "TikTok login")} <= levels.keys()
    assert list(new.access_tokens)
