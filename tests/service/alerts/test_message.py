"""The words of a message."""

from datetime import UTC, datetime, timedelta

from syncd.service.alerts.alert import Alert
from syncd.service.alerts.book import Change, Entry, Notice
from syncd.service.alerts.catalogue import MEANINGS, Kind, Level
from syncd.service.alerts.message import message_of, signature

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HELD = Alert(
    Kind.CASE_HELD, "us", "units_gone", "1 case is held.", ("us:1, order #1001",), "syncd retry us:1"
)
SILENT = Alert(Kind.SHOP_SILENT, "uk", what="No poll.")


def notice(alert: Alert, change: Change = Change.NEW, since: datetime = NOON) -> Notice:
    over = change in {Change.OVER, Change.PASSED}
    entry = Entry(alert.title, alert.level, since)
    return Notice(alert.key, change, entry, None if over else alert, NOON)


def test_one_alert() -> None:
    """The subject names it and stays the same; the text tells what, which, and what to type."""
    message = message_of([notice(HELD)], NOON)
    assert message.title == "syncd: us: cases held (units_gone)"
    assert message.level is Level.WARNING
    assert message.body.splitlines() == [
        "us: cases held (units_gone)",
        "1 case is held.",
        "- us:1, order #1001",
        "What to do: syncd retry us:1",
        "",
        signature(NOON),
    ]


def test_one_that_lasts() -> None:
    """The same subject, and since when."""
    message = message_of([notice(HELD, Change.STILL, NOON - timedelta(days=1))], NOON)
    assert message.title == "syncd: us: cases held (units_gone)"
    assert "This began 2026-11-01 12:00 UTC." in message.body


def test_one_that_is_over() -> None:
    """It says how long it lasted."""
    message = message_of([notice(SILENT, Change.OVER, NOON - timedelta(minutes=125))], NOON)
    assert message.title == "syncd: over: uk: no good poll"
    assert message.level is Level.SUCCESS
    assert "It is over; it lasted 2 h, since 2026-11-02 09:55 UTC." in message.body


def test_one_that_passed_unheard() -> None:
    """It says from when to when."""
    message = message_of([notice(SILENT, Change.PASSED, NOON - timedelta(hours=1))], NOON)
    assert "It was so from 2026-11-02 11:00 UTC to 2026-11-02 12:00 UTC, and is over." in message.body


def test_several() -> None:
    """The subject counts them and names the shops; each has its own paragraph."""
    message = message_of([notice(SILENT), notice(HELD), notice(SILENT, Change.OVER)], NOON)
    assert message.title == "syncd: 2 alerts, 1 over (uk, us)"
    assert message.level is Level.FAILURE
    assert len(message.body.split("\n\n")) == 4
    assert message_of([notice(Alert(Kind.RELOAD_REFUSED))] * 2, NOON).title == "syncd: 2 alerts"


def test_every_kind_has_words() -> None:
    """Whatever happens can be told, with what to do."""
    assert set(MEANINGS) == set(Kind)
    assert all(told.title and told.sentence and told.todo for told in MEANINGS.values())
