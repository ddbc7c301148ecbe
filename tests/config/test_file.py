"""The config file: where it is found, and what makes it unreadable."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncd.config import find_config, load
from syncd.errors import ConfigError

Write = Callable[[str], Path]


def test_find_config_goes_by_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An explicit file goes before the variable, and that before the file in this directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "syncd.toml").touch()
    env = {"SYNCD_CONFIG": "/b.toml"}
    found = [
        find_config(Path("/a.toml"), env),
        find_config(None, env),
        find_config(None, {"SYNCD_CONFIG": ""}),
    ]
    assert found == [Path("/a.toml"), Path("/b.toml"), Path("syncd.toml")]


def test_find_config_finds_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any file, the sentence says where it looked and how to get one."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"there is no syncd\.toml or /etc/syncd/syncd\.toml") as caught:
        find_config(None, {})
    assert caught.value.hint.startswith("syncd config example > syncd.toml")


@contextmanager
def nobody() -> Iterator[None]:
    """Somebody who is not root, and may not enter every folder."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_current_folder_that_may_not_be_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sudo -u syncd` leaves people in a home that syncd cannot enter: nobody means a file in there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "syncd.toml").touch()
    tmp_path.chmod(0o000)
    try:
        with nobody(), pytest.raises(ConfigError, match=r"there is no syncd\.toml or"):
            find_config(None, {})
    finally:
        tmp_path.chmod(0o700)


def test_a_missing_file(tmp_path: Path) -> None:
    """A named file that does not exist is refused: it is never an empty config."""
    with pytest.raises(ConfigError, match="there is no such file") as caught:
        load(tmp_path / "x.toml", {}, None)
    assert caught.value.hint == "syncd config example > syncd.toml"


def test_a_directory(tmp_path: Path) -> None:
    """A directory in place of the file is refused."""
    with pytest.raises(ConfigError, match="is a directory, not a file"):
        load(tmp_path, {}, None)


def test_an_unreadable_file(write: Write, shop: str) -> None:
    """A file of somebody else is refused with the way to read it."""
    path = write(shop)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads everything")
    with pytest.raises(ConfigError, match="may not be read by this user"):
        load(path, {}, None)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xef\xbb\xbf[sync]\n", ":1: the file begins with a byte order mark"),
        ("[sync]\n# für\n".encode("latin-1"), ":2: the text is not UTF-8"),
        ("[sync]\n".encode("utf-16"), ":1: the text is not UTF-8"),
    ],
)
def test_other_encodings(tmp_path: Path, data: bytes, what: str) -> None:
    """A file that is not plain UTF-8 is refused with the line and what to do."""
    path = tmp_path / "syncd.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(path, {}, None)
    assert (caught.value.what, caught.value.hint[:4]) == (f"{path}{what}", "save")
