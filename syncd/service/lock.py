"""One process writes a store at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from syncd.errors import AlreadyRunning, StoreTrouble

PATIENCE = 0.3
"""Seconds to try for the lock: `syncd status` holds it for a moment to see whether it is free."""


@contextmanager
def only_writer(store: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of that store; the system frees it, however the process ends.

    Raises:
        AlreadyRunning: Another process holds it.
        StoreTrouble: The lock file cannot be written.
    """
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{store}.lock", timeout=patience, mode=0o600, fallback_to_soft=False)
        lock.acquire(poll_interval=0.02)
    except Timeout:
        raise AlreadyRunning(
            f"another syncd works on {store}", hint="syncd status shows what it does; or stop it first"
        ) from None
    except OSError as error:
        raise StoreTrouble(
            f"{store}.lock: {error.strerror}", hint="check the folder and its owner"
        ) from error
    try:
        yield
    finally:
        lock.release()
