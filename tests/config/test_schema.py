"""The JSON Schema of the config file."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from syncd.config import example
from syncd.config.schema import schema

FILE = Path(__file__).parents[2] / "config" / "syncd.schema.json"
SCHEMA: Mapping[str, Any] = json.loads(schema())


def test_the_file_is_the_model() -> None:
    """The file in the repository is what the model says: `syncd config schema > config/syncd.schema.json`."""
    assert FILE.read_text() == schema()


def wrong(text: str) -> list[str]:
    """The keys that an editor underlines. Times are texts to it."""
    file = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(file)]


def test_the_example_fits() -> None:
    """Every key that the example names is known to the schema, and its value is fine."""
    assert wrong(example()) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[sync]\nenabeld = true", "$.sync"),
        ("[sync]\npoll_interval = 5", "$.sync.poll_interval"),
        ('[sync]\npoll_interval = "5 minutes"', "$.sync.poll_interval"),
        ("[guard]\nmax_refunds_per_day = 0", "$.guard.max_refunds_per_day"),
        ("[guard.max_refund]\nUSD = 5", "$.guard.max_refund.USD"),
        ('[match]\ntag = "no id"', "$.match.tag"),
        ('[match]\norder_by = ["luck"]', "$.match.order_by[0]"),
        ("[shops.US]", "$.shops"),
        ("[shops.us.shopify]\nconcurrency = 1000", "$.shops.us.shopify.concurrency"),
    ],
)
def test_mistakes_are_seen(text: str, place: str) -> None:
    """An editor underlines what `syncd config check` would refuse."""
    assert wrong(text) == [place]


def test_both_ways_to_write_a_template() -> None:
    """One text, or a list of them."""
    assert wrong('[match]\ntag = "TT-{id}"\nname = ["{id}", "#{id}"]') == []


def test_every_key_is_explained() -> None:
    """In one sentence, which an editor shows."""
    for table in SCHEMA["$defs"].values():
        for key in table["properties"].values():
            text = key.get("description") or SCHEMA["$defs"][key["$ref"].rpartition("/")[2]]["description"]
            assert text.endswith("."), text
