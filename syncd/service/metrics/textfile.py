"""A file that another program reads whole at any moment, though it may not read our others."""

import os
from contextlib import suppress
from pathlib import Path

_MODE = 0o644  # node_exporter runs as another user


def replace(path: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, all at once.

    Raises:
        OSError: There is no such folder, or the disk does not let us; the old file is still there.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE), "wb") as file:
            os.fchmod(file.fileno(), _MODE)  # whatever the umask is
            file.write(content)
        draft.replace(path)
    except OSError:
        remove(draft)
        raise


def remove(path: Path) -> None:
    """Take the file away, where that can be done."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
