"""Lines of keys."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config.locate import locate

TEXT = '''\
# comment = 1
top = 1

[sync] # [not.this]
enabled = true
text = """
fake = 1
[fake]
"""
raw = \'\'\'
also.fake = 1
\'\'\'
many = [
  "a", # x = 1
  "b = 2",
]
a.b."c d" = 1
inline = { x = 1, "y" = { z = 2 } }

[shops."a.b".tiktok]
app_key = "[x]"
[[list]]
one = 1
[[list]]
two = 2
[list.sub]
three = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("sync",), 4),
        (("sync", "enabled"), 5),
        (("sync", "text"), 6),
        (("sync", "raw"), 10),
        (("sync", "many"), 13),
        (("sync", "many", 1), 13),
        (("sync", "a"), 17),
        (("sync", "a", "b", "c d"), 17),
        (("sync", "inline", "y", "z"), 18),
        (("shops",), 20),
        (("shops", "a.b"), 20),
        (("shops", "a.b", "tiktok"), 20),
        (("shops", "a.b", "tiktok", "app_key"), 21),
        (("list", 0, "one"), 23),
        (("list", 1), 24),
        (("list", 1, "two"), 25),
        (("list", 1, "sub"), 26),
        (("list", 1, "sub", "three"), 27),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int) -> None:
    """Tables, quoted tables, dotted keys, inline tables, lists and arrays of tables are found."""
    assert locate(TEXT)[path] == line


def test_what_looks_like_a_key_but_is_none() -> None:
    """Comments and the insides of texts are no keys."""
    assert [path for path in locate(TEXT) if "fake" in path or "comment" in path or "x" in path[:-1]] == []


def test_windows_line_ends() -> None:
    """A file from Windows has the same lines."""
    assert locate(TEXT.replace("\n", "\r\n")) == locate(TEXT)


def test_a_long_list_is_located_quickly() -> None:
    """A list of thousands of lines is parsed once, not once a line."""
    text = "skus = [\n" + '  "SKU-1",\n' * 20_000 + "]\nlast = 1\n"
    assert locate(text)[("last",)] == 20_003


_NAMES = st.text("abc.-\" #=[]'", min_size=1, max_size=5)
_TABLES = st.dictionaries(_NAMES, st.dictionaries(_NAMES, st.integers(), max_size=4), max_size=4)


@given(_TABLES, st.integers(0, 3))
def test_every_key_has_its_line(tables: dict[str, dict[str, int]], gap: int) -> None:
    """Whatever names a file has, each key is found in the line where it was written."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for table, keys in tables.items():
        lines += ["# a = 1"] * gap + [f"[{_quoted(table)}]"]
        expected[(table,)] = len(lines)
        for key, value in keys.items():
            lines.append(f"{_quoted(key)} = {value}")
            expected[table, key] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == tables
    assert locate(text) == expected


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
