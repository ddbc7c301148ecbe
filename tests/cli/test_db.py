"""`syncd db check` and `syncd db backup`."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from syncd.service.session import reading, writing
from syncd.store.cases import Filter
from syncd.store.migrations import STEPS
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

Run = Callable[..., Any]
STEP = len(STEPS)


@pytest.fixture(params=["alone", "beside the daemon", "after a death"])
def situation(request: pytest.FixtureRequest, path: Path, cases: dict[str, Any]) -> Iterator[None]:
    """A store with cases: at rest, open in a writer that has just committed, or as one left it who died."""
    assert cases
    if request.param == "alone":
        yield
        return
    with writing(path) as store:
        store.memory.put("late", "news")
        left = {file.name: file.read_bytes() for file in path.parent.glob("syncd.db*")}
        if request.param == "beside the daemon":
            yield
            return
    for name, content in left.items():
        if not name.endswith(("-shm", ".lock")):
            (path.parent / name).write_bytes(content)
    yield


def contents(path: Path) -> dict[str, bytes]:
    """The bytes of the store and of its log, if there are any in it."""
    files = (path, path.with_name("syncd.db-wal"))
    return {file.name: file.read_bytes() for file in files if file.exists() and file.stat().st_size}


@pytest.mark.usefixtures("situation")
def test_check(run: Run, path: Path) -> None:
    """A line for each look, and not a byte is changed."""
    before = contents(path)
    done = run("db", "check")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == ["file", "log", "format", "tables", "pages", "content"]
    assert all(line[8:].startswith(" ok: ") for line in lines)
    assert f"step {STEP} of {STEP}" in lines[2]
    assert lines[5].endswith("4 cases, 4 snapshots, 0 orders, as they were written")
    assert contents(path) == before


@pytest.mark.usefixtures("cases")
def test_what_litestream_adds_is_no_damage(run: Run, path: Path) -> None:
    """It keeps two tables of its own in what it copies; any other table is."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
        store.execute("CREATE TABLE _litestream_lock (id INTEGER)")
        store.execute("INSERT INTO _litestream_seq VALUES (1, 1)")
        store.commit()
    assert run("db", "check").code == 0
    with writing(path) as opened:
        assert opened.cases.select(Filter())
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE litestream (id INTEGER)")
    assert "not as syncd makes them: litestream" in run("db", "check").out


@pytest.mark.usefixtures("cases")
def test_check_as_json(run: Run, path: Path) -> None:
    """The same for a program."""
    found = run("db", "check", "--json").json
    assert (found["ok"], found["path"], len(found["looks"])) == (True, str(path), 6)
    assert found["looks"][1] == {"look": "log", "ok": True, "text": "nothing in it", "hint": ""}


def spoil(path: Path, sql: str) -> None:
    """Change something behind the program's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


DAMAGES: dict[str, tuple[Callable[[Path], object], str, int]] = {
    "gone": (Path.unlink, "file", 74),
    "empty": (lambda path: path.write_bytes(b""), "file", 65),
    "no database": (lambda path: path.write_bytes(b"x" * 5000), "format", 65),
    "another program's": (lambda path: spoil(path, "PRAGMA application_id = 1"), "format", 65),
    "newer": (lambda path: spoil(path, f"PRAGMA user_version = {STEP + 1}"), "format", 65),
    "a guard taken away": (lambda path: spoil(path, "DROP TRIGGER history_stays"), "tables", 65),
    "somebody's own index": (lambda path: spoil(path, "CREATE INDEX mine ON cases (detail)"), "tables", 65),
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-8192]), "format", 65),
    "overwritten": (lambda path: path.write_bytes(path.read_bytes()[:-4096] + b"\xff" * 4096), "pages", 65),
    "altered": (
        lambda path: spoil(path, "UPDATE snapshots SET raw = replace(raw, '1234.50', '1234.60')"),
        "content",
        65,
    ),
    "another order": (
        lambda path: spoil(path, "INSERT INTO orders VALUES ('us', '1', 'gid', 'tag', 0, 5)"),
        "content",
        65,
    ),
    "a snapshot lost": (lambda path: spoil(path, "DELETE FROM snapshots WHERE id = 2"), "content", 65),
}


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(("damage", "look", "code"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_not_well(
    run: Run, path: Path, damage: Callable[[Path], object], look: str, code: int
) -> None:
    """The first look that finds it says so, with a remedy; what rests on it is not looked at."""
    damage(path)
    before = contents(path)
    done, as_json = run("db", "check"), run("db", "check", "--json")
    assert (done.code, as_json.code, as_json.json["ok"]) == (code, code, False)
    *well, bad, hint = done.out.splitlines()
    assert all(" ok: " in line for line in well)
    assert (bad.split()[:2], hint.strip()[:6]) == ([look, "BAD:"], "hint: ")
    assert contents(path) == before


@pytest.mark.usefixtures("cases")
def test_another_stores_log(run: Run, path: Path) -> None:
    """Is told before anything is read through it."""
    with writing(path) as store:
        store.memory.put("instance", "another")
        log = path.with_name("syncd.db-wal").read_bytes()
    with writing(path) as store:
        store.memory.put("instance", "this one")
    path.with_name("syncd.db-wal").write_bytes(log)
    done = run("db", "check")
    assert (done.code, done.out.splitlines()[-2].split()[:2]) == (65, ["log", "BAD:"])


@pytest.mark.usefixtures("cases")
def test_a_store_that_others_can_read(run: Run, path: Path) -> None:
    """Is told with the command that mends it."""
    path.chmod(0o644)
    done = run("db", "check")
    assert done.code == 0
    assert f"hint: chmod 600 {path}" in done.out


@pytest.mark.usefixtures("situation")
def test_backup(run: Run, path: Path, tmp_path: Path) -> None:
    """One new file with all that was committed, for its owner alone; the store is not touched."""
    before, copy = contents(path), tmp_path / "copies" / "1.db"
    copy.parent.mkdir()
    done = run("db", "backup", str(copy))
    assert (done.code, done.err) == (0, "")
    assert contents(path) == before
    assert list(copy.parent.iterdir()) == [copy]
    assert copy.stat().st_mode & 0o777 == 0o600
    with reading(path) as store:
        known, late = store.cases.select(Filter()), store.memory.get("late")
    with closing(Store.look(copy, snapshot_from)) as store:
        assert (store.cases.select(Filter()), store.memory.get("late")) == (known, late)
    assert list(copy.parent.iterdir()) == [copy]
    first, *shops, last = done.out.splitlines()
    assert first.startswith(f"{copy}: ")
    assert first.endswith(f"kB, step {STEP}, checked")
    assert shops == ["  uk: 1 cases", "  us: 3 cases"]
    assert "logins" in last


@pytest.mark.usefixtures("cases")
def test_backup_as_json(run: Run, path: Path, tmp_path: Path) -> None:
    """What is in it, for a program."""
    with writing(path) as store:
        at = store.cases.select(Filter())[0].updated
        store.shops.read_up_to("us", at)
    copy = tmp_path / "1.db"
    made = run("db", "backup", str(copy), "--json").json
    assert made == {
        "path": str(copy),
        "bytes": copy.stat().st_size,
        "step": STEP,
        "snapshots": 4,
        "shops": {
            "uk": {"cases": 1, "read_up_to": {}},
            "us": {"cases": 3, "read_up_to": {"return": at.isoformat()}},
        },
    }


@pytest.mark.usefixtures("cases")
def test_a_backup_is_a_store(run: Run, path: Path, tmp_path: Path) -> None:
    """Put in the place of the lost one, it is worked with as if nothing had been."""
    with reading(path) as store:
        known = store.cases.select(Filter())
    run("db", "backup", str(tmp_path / "1.db"))
    for file in tmp_path.glob("syncd.db*"):
        file.unlink()
    (tmp_path / "1.db").rename(path)
    assert run("db", "check").code == 0
    with writing(path) as store:
        store.memory.put("a", "b")
        assert store.cases.select(Filter()) == known


@pytest.mark.usefixtures("cases")
def test_nothing_is_overwritten(run: Run, path: Path, tmp_path: Path) -> None:
    """Neither another file nor the store itself, nor what stands where only a folder is named."""
    other = tmp_path / "other"
    other.write_text("x")
    for place in (other, path, tmp_path):
        before = path.read_bytes()
        done = run("db", "backup", str(place))
        assert (done.code, "is there already" in done.err) == (64, True)
        assert (other.read_text(), path.read_bytes()) == ("x", before)


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("damage", ["altered", "cut", "gone", "empty"])
def test_no_backup_of_what_is_damaged(run: Run, path: Path, tmp_path: Path, damage: str) -> None:
    """A backup that cannot be restored is worse than none."""
    spoilt, _, code = DAMAGES[damage]
    spoilt(path)
    done = run("db", "backup", str(tmp_path / "1.db"))
    assert (done.code, "hint: " in done.err) == (code, True)
    assert not list(tmp_path.glob("1.db*"))


@pytest.mark.usefixtures("cases")
def test_no_place_for_a_backup(run: Run, tmp_path: Path) -> None:
    """A folder that is not there is trouble with the disk."""
    done = run("db", "backup", str(tmp_path / "nowhere" / "1.db"))
    assert done.code == 74
    assert f"syncd: {tmp_path}/nowhere/1.db: No such file or directory" in done.err
