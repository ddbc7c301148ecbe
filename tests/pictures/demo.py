"""Record `syncd demo`: `python -m tests.pictures.demo`, whenever what it prints has changed."""

import sys
from pathlib import Path

from tests.pictures.drawing import svg
from tests.pictures.recording import Size, frames, record, until

PICTURE = Path(__file__).parents[2] / "config" / "pictures" / "demo.svg"
_SIZE = Size(columns=88, rows=46)
_PLACES = b"Config, store and log were left in"
"""From there on it names folders of the machine that it runs on."""
_PACE = 0.5
"""Seconds between two looks at the screen: fewer make a smaller file."""


def main() -> None:
    """Make the picture anew."""
    outputs = until(list(record([sys.executable, "-m", "syncd", "demo"], _SIZE)), _PLACES)
    title = "syncd demo: 34 cases on TikTok, what syncd makes of them, and what Shopify has in the end"
    PICTURE.write_text(svg(frames(outputs, _SIZE, _PACE), _SIZE, title))


if __name__ == "__main__":
    main()
