"""Starting the stand-ins for a benchmark, and asking them what was done."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.figures import BUSY
from tests.bench.shops import Spec


@dataclass(frozen=True, slots=True)
class Shops:
    """The folder with the config files, and the TikTok order ids of orders without a case."""

    folder: Path
    others: list[str]
    process: "subprocess.Popen[str]"

    def ask(self, command: str) -> Any:
        """Have the stand-ins carry out a command of `tests.bench.shops.Desk`."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the stand-ins have ended at {command}")
        return json.loads(answer)


def busy(counts: Any) -> dict[str, float]:
    """How busy the stand-ins were since they began to count."""
    return {BUSY: counts["cpu"] / counts["seconds"]}


@contextmanager
def served(spec: Spec) -> Iterator[Shops]:
    """Both sides of each shop, in a process of their own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.shops", folder, json.dumps(asdict(spec))]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                yield Shops(Path(folder), json.loads(process.stdout.readline()), process)
            finally:
                assert process.stdin
                process.stdin.close()
