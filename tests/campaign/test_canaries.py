"""The campaign would see a secret wherever it must not stand."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from tests.campaign.canaries import CANARIES, in_store
from tests.campaign.disks.world import QuickWorld
from tests.campaign.place import no_log_lines


def test_every_secret_of_the_stand_ins_is_recognised(tmp_path: Path) -> None:
    """Those in the configuration; tokens are told by their beginnings."""
    secrets = QuickWorld(tmp_path).settings().secrets()

    assert secrets
    assert all(any(canary in secret for canary in CANARIES) for secret in secrets)


def test_a_secret_in_a_log_line_is_seen() -> None:
    """Also where nobody would have rendered the line."""
    with pytest.raises(AssertionError, match="a line: shpat_"), no_log_lines():
        structlog.get_logger().debug("a line", token="shpat_1")


def failing() -> None:
    """Log an exception that names a secret."""
    try:
        int("shpat_1")
    except ValueError:
        structlog.get_logger().exception("a line")


def test_a_secret_in_a_traceback_is_seen() -> None:
    """Of an exception that is logged."""
    with pytest.raises(AssertionError, match="a line: shpat_"), no_log_lines():
        failing()


def test_a_secret_in_a_table_is_seen(tmp_path: Path) -> None:
    """But the table for tokens may hold some."""
    with closing(sqlite3.connect(tmp_path / "syncd.db")) as store, store:
        for table in ("tokens", "memory"):
            store.execute(f"CREATE TABLE {table} (value)")
            store.execute(f"INSERT INTO {table} VALUES ('shpat_1')")  # noqa: S608 - one of these two

    assert ["syncd.db memory: shpat_"] == in_store(tmp_path / "syncd.db")
