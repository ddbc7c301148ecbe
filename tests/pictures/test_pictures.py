"""The pictures of the README are made from what the program prints."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from syncd.sandbox.demo.story import SCRIPTS
from tests.pictures.demo import PICTURE
from tests.pictures.drawing import svg
from tests.pictures.recording import Frame, Run, Size, frames, record, until

_ROOT = Path(__file__).parents[2]
_SIZE = Size(columns=20, rows=3)


def _texts(frame: Frame) -> list[str]:
    return ["".join(run.text for run in line) for line in frame.lines]


def test_a_recording_has_what_was_printed_on_a_terminal_of_that_size() -> None:
    """With its colours, and each screen as it stood."""
    program = (
        "import os, sys\n"
        "size = os.get_terminal_size()\n"
        "print(f'{size.columns}x{size.lines} {sys.stdout.isatty()}', '\\033[1;32mgood\\033[0m')"
    )
    [*_, last] = frames(list(record([sys.executable, "-c", program], _SIZE)), _SIZE, 0.1)
    plain, good = last.lines[0]
    assert (plain, good) == (Run(0, "20x3 True", "default", bold=False), Run(10, "good", "green", bold=True))


def test_frames_are_where_the_screen_changed() -> None:
    """A line that is written over is another frame, but not what is printed at the same moment."""
    outputs = [(0.0, b"one"), (0.02, b" two"), (0.3, b""), (0.7, b"\r\x1b[2Kthree")]
    assert [(frame.at, _texts(frame)) for frame in frames(outputs, _SIZE, 0.5)] == [
        (0.0, ["one two", "", ""]),
        (0.5, ["three", "", ""]),
    ]


def test_a_recording_can_end_before_some_words() -> None:
    """What comes before them in the same breath stays."""
    outputs = [(0.0, b"a"), (1.0, b"b. From here on"), (2.0, b"c")]
    assert until(outputs, b"From") == [(0.0, b"a"), (1.0, b"b. ")]


def test_a_command_that_fails_makes_no_picture() -> None:
    """Its exit code comes up."""
    with pytest.raises(Exception, match="exit status 3"):
        list(record([sys.executable, "-c", "raise SystemExit(3)"], _SIZE))


def test_a_drawing_shows_its_end_where_nothing_moves() -> None:
    """What is there at the end is visible without any animation, everything else is not."""
    moving = svg(
        frames([(0.0, b"<first>\r\nstays"), (1.0, b"\x1b[H\x1b[2Klast")], _SIZE, 0.5), _SIZE, "a & b"
    )
    groups = {"".join(group.itertext()): group for group in ET.fromstring(moving) if group.tag[-2:] == "}g"}
    assert {text: group.get("visibility") for text, group in groups.items()} == {
        "<first>": "hidden",
        "last": None,
        "stays": None,
    }


def test_the_recorded_demo_is_the_one_that_there_is() -> None:
    """It tells every case of the story. When it does not: `python -m tests.pictures.demo`."""
    told = "\n".join(ET.parse(PICTURE).getroot().itertext())
    assert [script.title for script in SCRIPTS if script.title not in told] == []
    assert "Nothing was doubled, nothing is missing" in told
    assert f"]({PICTURE.relative_to(_ROOT)})" in (_ROOT / "README.md").read_text()
