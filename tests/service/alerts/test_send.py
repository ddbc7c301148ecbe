"""Messages on their way, by Apprise, over real HTTP."""

import io
import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from syncd.config.settings import Settings
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.server import LoopbackServer
from syncd.service.alerts.catalogue import Level
from syncd.service.alerts.message import Message
from syncd.service.alerts.send import Sender, send_test
from syncd.service.logs import set_up
from tests.hook import Hook

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MESSAGE = Message("syncd: us: login refused", "us: login refused\nTikTok says <no> & *never*.", Level.FAILURE)
SettingsOf = Callable[..., Settings]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, at the finest level; the logging of the tests is left as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers, root.level)
    set_up("debug", "json", ["canary-app-secret"], stream)
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def sender_to(settings_of: SettingsOf, *addresses: str, more: str = "") -> Sender:
    return Sender(settings_of(f"{more}alerts.urls = {list(addresses)}\n"))


async def deliver(sender: Sender, message: Message = MESSAGE, limit: float = 10.0) -> list[str]:
    """What became of it at each address."""
    return [await sender.deliver(address, message, limit=limit) for address in sender.addresses]


async def test_arrives(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """The message comes as it was written, with how bad it is."""
    assert await deliver(sender_to(settings_of, address)) == [""]
    [message] = hook.messages
    assert (message["title"], message["message"]) == (MESSAGE.title, MESSAGE.body)
    assert message["type"] == "failure"


async def test_each_address_has_its_own_outcome(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """That one fails does not keep a message from the others, and is told with a reason."""
    hook.statuses["/broken"] = 503
    broken = address.replace("canary-hook-token", "broken")
    why = await deliver(sender_to(settings_of, address, broken))
    assert why[0] == ""
    assert "503" in why[1]


async def test_no_answer(settings_of: SettingsOf, address: str, server: LoopbackServer) -> None:
    """An address that does not answer costs its time limit and no more, and is left alone until it does."""
    sender = sender_to(settings_of, address)
    await sender.unusable()
    server.front.faults.add(Fault(FaultKind.STALL, "*", seconds=1.0))
    began = time.monotonic()
    assert await deliver(sender, limit=0.1) == ["no answer within 0.1 s"]
    assert await deliver(sender) == ["the message before it is still on its way"]
    assert time.monotonic() - began < 0.9


async def test_a_redirect_is_no_delivery(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """To follow it would send an empty request elsewhere and call that a success."""
    hook.status = 302
    [why] = await deliver(sender_to(settings_of, address))
    assert "302" in why


@pytest.mark.parametrize("bad", ["nothing://canary-place", "slack://canary"])
async def test_an_address_that_cannot_be(settings_of: SettingsOf, bad: str) -> None:
    """It is known before anything is sent, and named by its place in the list."""
    sender = sender_to(settings_of, "json://localhost/x", bad)
    unusable = await sender.unusable()
    assert list(unusable) == [f"urls[2] {bad.partition('://')[0]}://***"]
    assert "canary" not in str(unusable)
    assert (await deliver(sender))[1] == next(iter(unusable.values()))


async def test_secrets_stay_out(settings_of: SettingsOf, address: str, hook: Hook, log: io.StringIO) -> None:
    """Neither the log at debug nor a reason shows a part of an address; no text shows a known secret."""
    hook.status = 500
    with_user = address.replace("://", "://canary-user:canary-password@")
    leaky = Message("canary-app-secret", "the secret is canary-app-secret", Level.INFO)
    sender = sender_to(settings_of, address, with_user, "json://127.0.0.1:9/canary-closed?+canary=canary-h")
    why = await deliver(sender, leaky)
    assert all(why)
    told = f"{why} {log.getvalue()} {sender.addresses} {hook.messages}"
    assert "canary" not in told
    assert "***" in hook.messages[0]["message"]


async def test_bounded(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """However much there is to say, a message stays small enough for any service."""
    assert await deliver(sender_to(settings_of, address), Message("t" * 999, "b" * 99_999, Level.INFO)) == [
        ""
    ]
    [message] = hook.messages
    assert (len(message["title"]), len(message["message"])) == (120, 20_000)


async def test_goes_through_the_proxy(
    settings_of: SettingsOf,
    hook: Hook,
    server: LoopbackServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """[network] proxy and ca_file are those of alerts, too."""
    for name in ("http_proxy", "https_proxy", "REQUESTS_CA_BUNDLE", "no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("# the authority of a company\n")
    more = f'network.proxy = "{server.url}"\nnetwork.ca_file = "{ca_file}"\n'
    assert await deliver(sender_to(settings_of, "json://alerts.example/path", more=more)) == [""]
    assert len(hook.messages) == 1
    bundle = Path(os.environ["REQUESTS_CA_BUNDLE"]).read_text()  # noqa: ASYNC240 - a small file
    assert bundle.endswith(ca_file.read_text())
    assert "BEGIN CERTIFICATE" in bundle


async def test_test_message(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """`send_test` tells of each address, without showing it, whether the test went through."""
    hook.statuses["/broken"] = 404
    broken = address.replace("canary-hook-token", "broken")
    settings = settings_of(f"alerts.urls = {[address, broken]}\n")
    (label, ok, why), (other, not_ok, reason) = await send_test(settings, NOON)
    assert (label, ok, why) == ("urls[1] json://***", True, "")
    assert (other, not_ok) == ("urls[2] json://***", False)
    assert "404" in reason
    assert hook.titles == ["syncd: test", "syncd: test"]


async def test_the_same_address_twice(settings_of: SettingsOf, address: str, hook: Hook) -> None:
    """It is told once."""
    assert await deliver(sender_to(settings_of, address, address)) == [""]
    assert len(hook.messages) == 1
