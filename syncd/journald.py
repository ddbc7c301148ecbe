"""What systemd's journal wants of a line: its priority before it (sd-daemon(3))."""

import os
from typing import TextIO

_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}


def is_journal(stream: TextIO) -> bool:
    """Whether that very stream is one that journald reads (systemd.exec(5): JOURNAL_STREAM)."""
    named = os.environ.get("JOURNAL_STREAM")
    if not named:
        return False
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return named == f"{status.st_dev}:{status.st_ino}"


def marked(text: str, level: str) -> str:
    """The text of that level, each of its lines marked, since journald takes each for itself."""
    priority = _PRIORITIES.get(level, _PRIORITIES["info"])
    return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))
