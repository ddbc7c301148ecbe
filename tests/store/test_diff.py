"""The diff between TikTok's pages and the store, for any paging."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.cases import PAID_BACK, ReturnStatus
from syncd.store.cases import Filter, Seen
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
Row = Mapping[str, object]
words = st.sampled_from([status.value for status in ReturnStatus if status is not ReturnStatus.UNKNOWN])


def row(case: int, version: int, status: str) -> Row:
    """What TikTok says of a case after so many changes."""
    return {
        "return_id": str(4035000 + case),
        "order_id": "5764001",
        "return_type": "RETURN_AND_REFUND",
        "return_status": status,
        "create_time": 1_792_000_000,
        "update_time": 1_793_000_000 + version,
    }


@st.composite
def readings(draw: st.DrawFn) -> tuple[list[list[Row]], list[list[Row]]]:
    """The life of some cases, and pages of it: any rows in any order, the last row of each among them."""
    lives = draw(st.lists(st.lists(words, min_size=1, max_size=5), min_size=1, max_size=5))
    rows = [
        [row(case, version, status) for version, status in enumerate(life)] for case, life in enumerate(lives)
    ]
    every = [one for life in rows for one in life]
    read = draw(st.lists(st.sampled_from(every), max_size=20)) + [life[-1] for life in rows]
    shuffled = draw(st.permutations(read))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    bounds = zip([0, *cuts], [*cuts, len(shuffled)], strict=True)
    return rows, [shuffled[start:end] for start, end in bounds]


def see(store: Store, pages: list[list[Row]]) -> int:
    """Take in the pages, a minute after each other; how many changes they had."""
    return sum(
        store.cases.see(
            "us", [Seen(one, snapshot_from(one)) for one in page], NOW + number * timedelta(minutes=1)
        )
        for number, page in enumerate(pages)
    )


@given(readings())
def test_latest_of_each_once(read: tuple[list[list[Row]], list[list[Row]]]) -> None:
    """However pages overlap, repeat and lag behind, the latest row of each case is in the store once."""
    lives, pages = read
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        see(store, pages)
        found = {case.case_id: case.latest for case in store.cases.select(Filter())}
        assert found == {snapshot_from(life[-1]).case_id: snapshot_from(life[-1]) for life in lives}


@given(readings())
def test_reading_again(read: tuple[list[list[Row]], list[list[Row]]]) -> None:
    """Reading everything once more changes nothing at all."""
    _, pages = read
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        changes = see(store, pages)
        before = list(store.database._connection.iterdump())
        assert see(store, pages) == 0
        assert list(store.database._connection.iterdump()) == before
        assert store.database.row("SELECT count(*) AS n FROM snapshots") == {"n": changes}


@given(readings())
def test_first_refund_stays(read: tuple[list[list[Row]], list[list[Row]]]) -> None:
    """A case has a time of refund once any row that was taken in told of one, and then that of the first."""
    _, pages = read
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        see(store, pages)
        for case in store.cases.select(Filter()):
            told = [s for _, s in store.cases.snapshots("us", case.case_id) if s.status in PAID_BACK]
            assert case.paid_back_at == (told[0].updated_at if told else None)
