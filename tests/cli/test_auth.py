"""`syncd auth tiktok`."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.model.notes import login_pointer
from syncd.model.tokens import StoredToken
from syncd.sandbox.pair import Pair
from syncd.sandbox.tiktok.accounts import Login
from syncd.service.lock import only_writer
from syncd.service.session import reading, writing
from tests.cli.conftest import Done

Auth = Callable[..., Done]


@pytest.fixture
def auth(config: Path, own_world: None) -> Auth:  # noqa: ARG001
    """Run the command with that on standard input."""

    def auth(pasted: str, *arguments: str) -> Done:
        words = ["auth", "tiktok", "-c", str(config), *arguments]
        result = CliRunner().invoke(cli, words, input=pasted)
        return Done(result.exit_code, result.stdout, result.stderr)

    return auth


def stored(pair: Pair, path: Path, shop: str = "us") -> StoredToken | None:
    """The token that the shop uses."""
    with reading(path) as store:
        key = store.memory.get(login_pointer(pair.tiktok.app_key, shop))
        return store.tokens.get(key) if key else None


def second(pair: Pair, **changes: Any) -> tuple[Login, str]:
    """Another consent for the shop of the pair, and its code."""
    login = pair.tiktok.login
    found = pair.tiktok.accounts.authorise(
        changes.get("shops", [pair.tiktok.shop]), changes.get("scopes", set(login.scopes))
    )
    return found, pair.tiktok.accounts.code(found)


def test_the_first_authorisation(auth: Auth, pair: Pair, path: Path, config: Path) -> None:
    """Without a store and without a refresh token: the code is traded, proven and kept, and shown nowhere."""
    config.write_text(re.sub(r"(?m)^refresh_token = .*$", "", config.read_text()))
    code = pair.tiktok.accounts.code(pair.tiktok.login)
    done = auth(f"https://app.example/back?app_key=6abc&code={code}&state=whatever\n")
    token = stored(pair, path)
    assert token
    assert (done.code, token.access in pair.tiktok.login.access_tokens, done.err) == (0, True, "")
    assert done.out.splitlines() == [
        "us: the authorisation works",
        f"  shop: {pair.tiktok.shop.name}, {pair.tiktok.shop.region}, shop_cipher {pair.tiktok.shop.cipher}",
        f"  it ends in 364 days, {token.refresh_expires_at:%Y-%m-%d}",
        "no daemon runs: systemctl start syncd, or: syncd once",
    ]
    for secret in (code, token.access, token.refresh or ""):
        assert secret not in done.out


def test_beside_a_daemon(auth: Auth, pair: Pair, path: Path) -> None:
    """Another process holds the store: the new login is left where that looks for it."""
    login, code = second(pair)
    with writing(path):
        pass
    with only_writer(path):
        done = auth(code, "--shop", "us")
    token = stored(pair, path)
    assert token
    assert (done.code, token.access in login.access_tokens) == (0, True)
    assert done.out.splitlines()[-1] == "the running daemon uses it from its next poll on"


def test_a_code_file(auth: Auth, pair: Pair, path: Path, tmp_path: Path) -> None:
    """The code never has to be an argument, which others on the machine could see."""
    login, code = second(pair)
    file = tmp_path / "code"
    file.write_text(f"{code}\n")
    assert auth("", "--code-file", str(file)).code == 0
    token = stored(pair, path)
    assert token
    assert token.access in login.access_tokens


@pytest.mark.parametrize(
    ("pasted", "code", "words"),
    [
        ("", 64, "there is no code in this"),
        ("https://app.example/back?state=x", 64, "there is no code in this"),
        (
            "https://app.example/back?code=null&error=auth_denied",
            77,
            "the seller did not consent: auth_denied",
        ),
        ("ROW_wrong", 77, "the code is wrong, was used before, or is older than 30 minutes"),
    ],
)
def test_no_good_code(  # noqa: PLR0917 - a table
    auth: Auth, pair: Pair, path: Path, pasted: str, code: int, words: str
) -> None:
    """What is wrong with it is said, and what to do; the login before it stays."""
    done = auth(pasted)
    assert (done.code, words in done.err, "hint: " in done.err) == (code, True, True)
    assert stored(pair, path) is None


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("arguments", [("--shop", "eu"), ("--region", "mars"), ("--shop",)], ids=" ".join)
def test_usage(auth: Auth, arguments: tuple[str, ...]) -> None:
    """A shop that the config does not have, a region that TikTok does not have."""
    assert auth("code", *arguments).code == 64


def test_without_the_app_secret(auth: Auth, pair: Pair, config: Path) -> None:
    """It is said before a code is asked for."""
    config.write_text(config.read_text().replace(pair.tiktok.app_secret, ""))
    done = auth("code")
    assert (done.code, "shops.us.tiktok.app_secret is missing" in done.err) == (78, True)


def test_a_store_that_cannot_be_used(auth: Auth, pair: Pair, path: Path) -> None:
    """The code is not used up for nothing."""
    path.write_bytes(b"rubbish " * 1000)
    assert auth(pair.tiktok.accounts.code(pair.tiktok.login)).code == 65
    assert pair.tiktok.calls == []


def test_the_wrong_seller(auth: Auth, pair: Pair, path: Path, config: Path) -> None:
    """A login for another shop than the configured one is not taken over."""
    cipher = pair.tiktok.shop.cipher
    config.write_text(config.read_text().replace("app_key", f'shop_cipher = "{cipher}"\napp_key', 1))
    _, first = second(pair)
    assert auth(first).code == 0
    before = stored(pair, path)
    other = pair.tiktok.add_shop("Other", "GB")
    done = auth(second(pair, shops=[other])[1])
    assert (done.code, f"the login is for Other GB ({other.cipher}) and not for" in done.err) == (77, True)
    assert stored(pair, path) == before


def test_several_shops(auth: Auth, pair: Pair, path: Path) -> None:
    """The line to put into the config is shown, for each."""
    other = pair.tiktok.add_shop("Other", "GB")
    login, code = second(pair, shops=[pair.tiktok.shop, other])
    done = auth(code)
    token = stored(pair, path)
    assert token
    assert (done.code, token.access in login.access_tokens) == (0, True)
    assert "warning: it is for 2 shops; one line goes under [shops.us.tiktok]:" in done.out
    assert f'  shop_cipher = "{other.cipher}"  # Other, GB' in done.out.splitlines()


def test_missing_scopes(auth: Auth, pair: Pair) -> None:
    """What the app may not do is told, with what for; the login is kept, since a new one is needed anyway."""
    _, code = second(pair, scopes={"seller.return_refund.basic"})
    done = auth(code)
    assert done.code == 0
    assert done.out.startswith("us: the authorisation is kept\n  not proven: ")
    assert "warning: the scope seller.order.info is missing, to read their orders\n" in done.out
    assert "add what is missing to the app in Partner Center, then authorise again" in done.out
    assert "warning: the scope seller.authorization.info is missing" in done.out


def test_shops_that_shared_a_login_share_the_new_one(
    auth: Auth, run: Callable[..., Done], pair: Pair, path: Path, config: Path
) -> None:
    """One consent covers all shops of a seller; a shop that it does not cover keeps what it has."""
    uk, de = pair.tiktok.add_shop("UK", "GB"), pair.tiktok.add_shop("DE", "DE")
    login = pair.tiktok.login
    login.shops += [uk, de]
    text = config.read_text()
    ciphers = {"us": pair.tiktok.shop.cipher, "uk": uk.cipher, "de": de.cipher}
    head, _, tables = text.partition("[shops.us.tiktok]")
    tables = f"[shops.us.tiktok]{tables}"
    shops = [
        tables.replace("shops.us", f"shops.{name}").replace(
            "app_key", f'shop_cipher = "{cipher}"\napp_key', 1
        )
        for name, cipher in ciphers.items()
    ]
    config.write_text(head + "\n".join(shops))
    assert run("once").code == 0
    new, code = second(pair, shops=[pair.tiktok.shop, uk])
    done = auth(code, "--shop", "us")
    assert (done.code, "uk had the same login, and has this one now, too" in done.out) == (0, True)
    tokens = {name: stored(pair, path, name) for name in ciphers}
    with_new = {name for name, token in tokens.items() if token and token.access in new.access_tokens}
    assert with_new == {"us", "uk"}
    assert "--shop: us, uk, de" in auth("code").err


def test_a_login_lives_on(auth: Auth, run: Callable[..., Done], pair: Pair, path: Path) -> None:
    """The next start uses it, though the config has an older refresh token that TikTok knows no more."""
    pair.tiktok.login.revoked = True
    assert run("once").code == 77
    login, code = second(pair)
    assert auth(code).code == 0
    assert run("once").code == 0
    token = stored(pair, path)
    assert token
    assert token.access in login.access_tokens
    login.expire_access(pair.clock.now() - timedelta(seconds=1))
    assert run("once").code == 0  # and is renewed by its own refresh token


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self._end, other = pty.openpty()
        command = [sys.executable, "-m", "syncd", *arguments]
        self.process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, start_new_session=True
        )
        os.close(other)
        self.seen = ""

    def until(self, words: str) -> str:
        """Wait for these words."""
        end = time.monotonic() + 20
        while words not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self._end, 65536).decode()
                except OSError:  # the other end is closed
                    break
        return self.seen

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._end, f"{text}\n".encode())

    def close(self) -> int:
        """Wait for the end; the exit code."""
        try:
            return self.process.wait(20)
        finally:
            os.close(self._end)


def test_on_a_terminal(pair: Pair, path: Path, config: Path) -> None:
    """The address is shown, with a state that has to come back; what is pasted is not shown."""
    login, code = second(pair)
    terminal = Terminal("auth", "tiktok", "-c", str(config), "--service-id", "7123", "--region", "us")
    shown = terminal.until("(not shown): ")
    address = re.search(
        r"https://services\.us\.tiktokshop\.com/open/authorize\?service_id=7123&state=(\S+)", shown
    )
    assert address
    terminal.type(f"https://app.example/back?code={code}&state={address[1]}")
    shown = terminal.until("systemctl start")
    assert (terminal.close(), code in shown) == (0, False)
    token = stored(pair, path)
    assert token
    assert token.access in login.access_tokens


def test_another_state(pair: Pair, path: Path, config: Path) -> None:
    """Somebody else's answer is not taken; without a service id the older address is shown."""
    _, code = second(pair)
    terminal = Terminal("auth", "tiktok", "-c", str(config))
    shown = terminal.until("(not shown): ")
    assert f"/oauth/authorize?app_key={pair.tiktok.app_key}&state=" in shown
    terminal.type(f"https://app.example/back?code={code}&state=other")
    assert "this is the answer to another request" in terminal.until("hint: ")
    assert terminal.close() == 64
    assert stored(pair, path) is None
