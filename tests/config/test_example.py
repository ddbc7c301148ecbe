"""The example file."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from syncd.config import Loaded, example
from syncd.config.keys import is_open, table_of
from syncd.config.settings import SHARED, Settings

Bad = Callable[..., tuple[str, ...]]
Good = Callable[..., Loaded]

FILE = Path(__file__).parents[2] / "syncd.toml.example"


def _keys(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        table = table_of(field)
        yield f"{path}{name}", field
        if table:
            yield from _keys(table, f"{path}{name}.")


def test_the_file_is_the_model() -> None:
    """The file in the repository is what the model says: `syncd config example > syncd.toml.example`."""
    assert FILE.read_text() == example()


def test_it_lacks_only_the_credentials(bad: Bad) -> None:
    """As it is, the secrets are missing and nothing else is wrong."""
    assert [line.split(": ")[1] for line in bad(example())] == [
        "shops.us.tiktok.app_secret",
        "shops.us.shopify",
    ]


def test_it_is_fine_with_credentials(good: Good) -> None:
    """With the credentials filled in, it loads without a warning."""
    text = (
        example()
        .replace('app_secret = ""', 'app_secret = "a"')
        .replace('access_token = ""', 'access_token = "b"')
    )
    assert good(text).warnings == ()


def test_it_changes_no_default(good: Good, shop: str) -> None:
    """Every value in it is the default, so that a key may be deleted from it at will."""
    text = example().replace('app_secret = ""', 'app_secret = "canary-app-secret"')
    text = text.replace('access_token = ""', 'access_token = "canary-access-token"')
    assert good(text).settings == good(shop).settings


def test_what_is_commented_out_is_right_too(good: Good) -> None:
    """Every line that is commented out can be brought to life."""
    lines = [
        line.removeprefix("# ") if " = " in line.split("  #")[0] else line for line in example().splitlines()
    ]
    text = "\n".join(lines).replace('app_secret = ""', 'app_secret = "a"')
    settings = good(text.replace('access_token = ""', 'access_token = "b"')).settings
    assert (settings.match.metafield, settings.guard.max_refund) == ("custom.tiktok_order_id", {"USD": 50000})


@pytest.mark.parametrize("key", [path for path, _ in _keys(Settings)])
def test_every_key_is_in_it(key: str) -> None:
    """No key is missing from the example."""
    parts = key.split(".")
    is_override = parts[0] == "shops" and len(parts) > 1 and parts[1] in SHARED
    lines = [line.removeprefix("# ").split(" =")[0] for line in example().splitlines()]
    header = f"[{key.replace('shops.', 'shops.us.')}]"
    assert (
        is_override or key == "shops" or parts[-1] in lines or any(line.startswith(header) for line in lines)
    )


_OURS = re.compile(
    "snapshot|watermark|prune|intent|ruling|outcome|mutation|idempoten|payload|daemon|poll|cycle|backlog|regex"
    "|boolean|grant|(?<!access )token"
)
"""Words of ours, and of programmers, that do not explain a key to who runs a shop."""


@pytest.mark.parametrize(("key", "field"), list(_keys(Settings)))
def test_every_key_is_described(key: str, field: FieldInfo) -> None:
    """Every key says in one sentence what it is for, which stands alone and needs no word of ours."""
    text = field.description or ""
    assert re.fullmatch(r"[A-Z][^.]*(\.[^. ][^.]*)*\.", text), f"{key}: {text}"
    assert not text.startswith(("Its ", "Such as ", "For the ", "In place ")), f"{key}: {text}"
    assert not _OURS.search(text.lower()), f"{key}: {text}"


def test_it_is_readable_in_a_terminal() -> None:
    """No line is longer than an editor shows."""
    assert max(map(len, example().splitlines())) <= 110


def test_tables_of_free_names_have_only_comments() -> None:
    """Ceilings and SKUs of others would be wrong for everybody: they are there as comments."""
    parsed = tomllib.loads(example())
    assert [parsed["guard"][name] for name, key in _keys(_guard()) if is_open(key)] == [{}, {}]


def _guard() -> type[BaseModel]:
    table = table_of(Settings.model_fields["guard"])
    assert table is not None
    return table
