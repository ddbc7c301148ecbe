"""What a daemon says when it ends by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from syncd.config.settings import Settings
from syncd.errors import StoreDamaged, StoreTrouble
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.last_words import endings, forget, last_words
from tests.hook import Hook

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def settings(settings_of: Callable[..., Settings], address: str) -> Settings:
    return settings_of(f"alerts.urls = ['{address}']\n")


@pytest.mark.parametrize(
    ("error", "title", "words"),
    [
        (StoreTrouble("the disk is full", hint="make room"), "store trouble", "the disk is full"),
        (StoreDamaged("it is damaged", hint="restore it"), "store trouble", "restore it"),
        (None, "daemon ended", "No login of any shop is accepted any more."),
        (ValueError("canary"), "daemon ended", "The program failed (ValueError)."),
    ],
)
async def test_one_alert(
    settings: Settings, hook: Hook, error: Exception | None, title: str, words: str
) -> None:
    """It says why, and what to do; the text of an error that nobody foresaw stays out of it."""
    await last_words(settings, error, NOON)
    [message] = hook.messages
    assert message["title"] == f"syncd: {title}"
    assert words in message["message"]
    assert "What to do: " in message["message"]
    assert "canary" not in str(message)


async def test_once_an_hour(settings: Settings, hook: Hook) -> None:
    """A daemon that is started again and again, and dies each time, tells it rarely; another end at once."""
    for minutes in (0, 1, 59, 60, 61):
        await last_words(settings, StoreTrouble("full"), NOON + minutes * MINUTE)
    await last_words(settings, ValueError(), NOON + 61 * MINUTE)
    assert hook.titles == ["syncd: store trouble", "syncd: store trouble", "syncd: daemon ended"]
    assert endings(settings.store.path) == {
        Kind.STORE_TROUBLE: NOON + HOUR,
        Kind.DAEMON_ENDED: NOON + 61 * MINUTE,
    }
    forget(settings.store.path)
    assert endings(settings.store.path) == {}


async def test_where_the_disk_of_the_store_takes_nothing(
    settings: Settings, hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was told is noted in the folder that systemd gives to a running service."""
    (runtime := tmp_path / "run").mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{runtime}:/nowhere")
    lost = settings.model_copy(
        update={"store": settings.store.model_copy(update={"path": Path("/dev/null/x")})}
    )
    for _ in range(2):
        await last_words(lost, StoreTrouble("read-only"), NOON)
    assert hook.titles == ["syncd: store trouble"]
    assert [path.name for path in runtime.iterdir()] == ["x.store_trouble"]


async def test_what_nobody_got_is_tried_again(settings: Settings, hook: Hook) -> None:
    """A message that did not go through was not told; that is logged, and nothing is raised."""
    hook.status = 500
    with capture_logs() as lines:
        await last_words(settings, StoreTrouble("full"), NOON)
    assert [line["event"] for line in lines] == ["alert_not_sent"]
    hook.status = 200
    await last_words(settings, StoreTrouble("full"), NOON + MINUTE)
    assert len(hook.messages) == 2


async def test_nobody_to_tell(settings_of: Callable[..., Settings], hook: Hook) -> None:
    """Without an address there is nothing to do."""
    settings = settings_of()
    await last_words(settings, StoreTrouble("full"), NOON)
    assert (hook.messages, endings(settings.store.path)) == ([], {})
