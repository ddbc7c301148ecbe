"""Starting the stand-ins for a benchmark."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.shops import Spec


@dataclass(frozen=True, slots=True)
class Shops:
    """The folder with the config files, and the TikTok order ids of orders without a case."""

    folder: Path
    others: list[str]


@contextmanager
def served(spec: Spec) -> Iterator[Shops]:
    """Two shops in a process of their own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.shops", folder, json.dumps(asdict(spec))]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as shops:
            assert shops.stdout
            assert shops.stdin
            yield Shops(Path(folder), json.loads(shops.stdout.readline()))
            shops.stdin.close()
