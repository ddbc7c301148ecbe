"""Record the store that a released version leaves behind, with that version's own code and stand-ins.

git worktree add /tmp/released COMMIT    # 0.1.0: f779ee8
cp -r tests/store/released /tmp/released/tests/store/
cd /tmp/released && python -m tests.store.released.make 0.1.0.sql
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.store.released.play import play
from tests.sync.world import World


def ask(path: Path, world: World) -> None:
    """A person asked for something twice; once it was answered. 0.1.0 takes the words in this order."""
    with closing(Store.write(path, snapshot_from)) as store:
        held = next(case.case_id for case in world.cases() if case.state == "held")
        for _ in range(2):
            asked = store.requests.leave("retry", "us", held, "kim", world.clock.now())  # type: ignore[call-arg, arg-type]
        store.requests.done(asked, world.clock.now())


def dump(path: Path) -> str:
    """The store as SQL, with what its header says. No token is spelt like a real one."""
    with closing(sqlite3.connect(path)) as connection:
        head = [
            f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"
            for name in ("application_id", "user_version")
        ]
        return "\n".join([*connection.iterdump(), *head]).replace("shpat_", "made-up-")


def main() -> None:
    """Play, and write what is left into that file."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        with world.pair.serving():
            play(world)
        ask(Path(folder) / "syncd.db", world)
        Path(sys.argv[1]).write_text(dump(Path(folder) / "syncd.db") + "\n")


if __name__ == "__main__":
    main()
