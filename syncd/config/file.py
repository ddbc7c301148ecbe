"""The config file as a layer."""

import re
import stat
import tomllib
from dataclasses import dataclass
from os import fstat
from pathlib import Path

from syncd.config.layers import Layer, Place
from syncd.config.locate import locate
from syncd.errors import ConfigError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class File:
    """A config file that was read: what it says, and whether everybody on this machine can read it."""

    path: Path
    layer: Layer
    is_public: bool

    @property
    def place(self) -> Place:
        """The file itself, for a problem that no line has."""
        return Place(0, 1, f"{self.path}:1")


def read_file(path: Path) -> File:
    """Read and parse a config file.

    Raises:
        ConfigError: It cannot be read, or is no TOML; the sentence has the line.
    """
    data, mode = _read(path)
    text = _decode(path, data)
    layer = Layer(_parse(path, text), _places(path, text))
    return File(path, layer, is_public=bool(mode & stat.S_IROTH))


def _read(path: Path) -> tuple[bytes, int]:
    try:
        with path.open("rb") as file:
            return file.read(), fstat(file.fileno()).st_mode
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file", hint="syncd config example > syncd.toml"
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a directory, not a file", hint="name the file in it") from None
    except PermissionError:
        hint = "run syncd as the owner of the file, such as: sudo -u syncd syncd ..."
        raise ConfigError(f"{path}: may not be read by this user", hint=hint) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _decode(path: Path, data: bytes) -> str:
    if data.startswith(_BYTE_ORDER_MARK):
        hint = "save it as UTF-8 without one"
        raise ConfigError(f"{path}:1: the file begins with a byte order mark", hint=hint)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: the text is not UTF-8", hint="save the file as UTF-8") from None


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{path}: has a number too long or lists too deep to be read") from None


def _syntax_error(path: Path, text: str, message: str) -> ConfigError:
    """Of tomllib's sentence, which ends in `(at line 3, column 7)` or `(at end of document)`."""
    what = message.rpartition(" (at ")[0]
    found = re.search(r"\(at line (\d+), column (\d+)\)$", message)
    where = f"{found[1]}:{found[2]}" if found else str(text.rstrip("\n").count("\n") + 1)
    hint = "texts stand in quotes, every key has a line of its own, and no key or table comes twice"
    return ConfigError(f"{path}:{where}: this is no TOML: {what}", hint=hint)


def _places(path: Path, text: str) -> dict[tuple[str | int, ...], Place]:
    return {key: Place(0, line, f"{path}:{line}") for key, line in locate(text).items()}
