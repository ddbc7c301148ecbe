"""A store in a folder of its own, and rows as TikTok sends them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.store.cases import Seen
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

See = Callable[..., Seen]


def _row(
    case_id: str = "4035001",
    *,
    updated: int = 1_793_000_000,
    status: str = "RETURN_OR_REFUND_REQUEST_PENDING",
    order_id: str = "5764001",
    total: str | None = "20.00",
    **more: object,
) -> Mapping[str, object]:
    row: dict[str, object] = {
        "return_id": case_id,
        "order_id": order_id,
        "return_type": "RETURN_AND_REFUND",
        "return_status": status,
        "create_time": 1_792_000_000,
        "update_time": updated,
    }
    if total is not None:
        row["refund_amount"] = {"currency": "USD", "refund_total": total}
    return row | more


@pytest.fixture
def seen() -> See:
    """Make a row of TikTok's, as it came and as it was read."""

    def seen(*names: str, **more: object) -> Seen:
        row = _row(*names, **more)  # type: ignore[arg-type]  # as the call says
        return Seen(row, snapshot_from(row))

    return seen


@pytest.fixture
def now() -> datetime:
    """A time without fractions of a millisecond, which the store does not keep."""
    return datetime(2026, 11, 2, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is, or will be."""
    return tmp_path / "syncd.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A new store, open for writing."""
    with closing(Store.write(path, snapshot_from)) as store:
        yield store
