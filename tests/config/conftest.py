"""Config files for tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.config import Loaded, load
from syncd.errors import ConfigError

SHOP = """
[shops.us.tiktok]
app_key = "6abc"
app_secret = "canary-app-secret"
[shops.us.shopify]
domain = "acme.myshopify.com"
access_token = "canary-access-token"
"""

Write = Callable[[str], Path]
Good = Callable[..., Loaded]
Bad = Callable[..., tuple[str, ...]]


@pytest.fixture
def shop() -> str:
    """The tables of one shop with nothing missing."""
    return SHOP


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a config file that only its owner reads."""

    def write(text: str) -> Path:
        path = tmp_path / "syncd.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


@pytest.fixture
def good(write: Write) -> Good:
    """Load a text that has to be fine."""

    def good(text: str, env: dict[str, str] | None = None, credentials: Path | None = None) -> Loaded:
        return load(write(text), env or {}, credentials)

    return good


@pytest.fixture
def bad(write: Write) -> Bad:
    """The problems of a text, with the bare name of the file."""

    def bad(text: str, env: dict[str, str] | None = None, credentials: Path | None = None) -> tuple[str, ...]:
        path = write(text)
        with pytest.raises(ConfigError) as caught:
            load(path, env or {}, credentials)
        error = caught.value
        return tuple(line.replace(f"{path.parent}/", "") for line in error.problems or (error.what,))

    return bad
