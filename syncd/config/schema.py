"""`config/syncd.schema.json`, made from the settings model: what an editor checks and explains."""

import json
from datetime import timedelta

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from syncd.config.settings import Settings
from syncd.config.types import duration_text


def schema() -> str:
    """The JSON Schema of the config file."""
    made = Settings.model_json_schema(schema_generator=_Generator)
    made["properties"]["shops"]["additionalProperties"] = False
    head = {"$schema": _Generator.schema_dialect, "title": "syncd.toml"}
    whole = head | made | {"description": "The configuration of syncd."}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


class _Generator(GenerateJsonSchema):
    """Without titles, which only repeat the keys, and with defaults as the file would have them."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False

    def encode_default(self, dft: object) -> object:
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("title", None)
        return made
