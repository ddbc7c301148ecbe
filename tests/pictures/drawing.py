"""A recording as one picture that moves: SVG without a script, which any browser shows."""

from collections.abc import Iterator, Sequence
from html import escape

from tests.pictures.recording import Frame, Line, Run, Size

_WIDE, _HIGH = 7.8, 17.0
"""A character of the font, in pixels."""
_MARGIN = 14.0
_BACK, _PLAIN = "#11161d", "#d7dde5"
_COLOURS = {
    "default": _PLAIN,
    "black": "#8b949e",
    "brightblack": "#8b949e",
    "red": "#ff7b72",
    "green": "#56d364",
    "brown": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#76e3ea",
    "white": "#f0f6fc",
}


def svg(frames: Sequence[Frame], size: Size, title: str) -> str:
    """The picture. It plays once and stays at its end, which is also what shows where nothing may move."""
    width, height = size.columns * _WIDE + 2 * _MARGIN, size.rows * _HIGH + 2 * _MARGIN
    body = "\n".join(text for row in range(size.rows) for text in _row(frames, row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
        f' font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{_BACK}"/>\n{body}\n</svg>\n'
    )


def _row(frames: Sequence[Frame], row: int) -> Iterator[str]:
    """Each thing that ever stood in a row, with when it did."""
    for begin, end, line in _stays(frames, row):
        if line:
            yield f"<g{_hidden_until(begin, end)}{_text(line, row)}</g>"


def _stays(frames: Sequence[Frame], row: int) -> Iterator[tuple[float, float | None, Line]]:
    """From when to when a line stood there; None: to the end."""
    begin, line = 0.0, frames[0].lines[row]
    for frame in frames[1:]:
        if frame.lines[row] != line:
            yield begin, frame.at, line
            begin, line = frame.at, frame.lines[row]
    yield begin, None, line


def _hidden_until(begin: float, end: float | None) -> str:
    if end is None and begin == 0:
        return ">"
    if end is None:
        return f'><set attributeName="visibility" to="hidden" begin="0s" dur="{begin:.1f}s"/>'
    dur = f'begin="{begin:.1f}s" dur="{end - begin:.1f}s"'
    return f' visibility="hidden"><set attributeName="visibility" to="visible" {dur}/>'


def _text(line: Line, row: int) -> str:
    y = _MARGIN + (row + 0.8) * _HIGH
    return "".join(_run(run, y) for run in line)


def _run(run: Run, y: float) -> str:
    """Its width is given, so that columns stand under each other in any font."""
    text = run.text.lstrip()
    x = _MARGIN + (run.column + len(run.text) - len(text)) * _WIDE
    bold = ' font-weight="bold"' if run.bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{_COLOURS.get(run.colour, _PLAIN)}"{bold}'
        f' textLength="{len(text) * _WIDE:.1f}" xml:space="preserve">{escape(text)}</text>'
    )
