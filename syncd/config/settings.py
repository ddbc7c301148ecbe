"""The settings as a whole: the tables of the file, their sources, and each shop's own tables."""

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from syncd.config.addresses import password_in
from syncd.config.layers import KeyPath, Layer, LayerSource, overlay
from syncd.config.tables import (
    Alerts,
    Guard,
    Logging,
    Match,
    Metrics,
    Network,
    Restock,
    Shop,
    Store,
    Sync,
)
from syncd.config.types import ShopName

# Tables that stand for every shop and can be overridden, key by key, in each.
SHARED = ("sync", "restock", "guard", "match")


class Settings(BaseSettings):
    """The whole file, with the environment and the credentials laid over it."""

    model_config = SettingsConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )

    sync: Sync = Field(
        default_factory=Sync,
        description="For every shop; [shops.NAME.sync] overrides a key; so do restock, guard, match.",
    )
    restock: Restock = Field(default_factory=Restock, description="What goes back into stock, and where.")
    guard: Guard = Field(default_factory=Guard, description="Brakes on what is written.")
    match: Match = Field(default_factory=Match, description="How a TikTok order is found in Shopify.")
    store: Store = Field(default_factory=Store, description="The local database.")
    logging: Logging = Field(default_factory=Logging, description="Logs go to standard output.")
    metrics: Metrics = Field(default_factory=Metrics, description="For a monitoring system.")
    alerts: Alerts = Field(default_factory=Alerts, description="Who is told when a person is needed.")
    network: Network = Field(default_factory=Network, description="How both APIs are reached.")
    shops: dict[ShopName, Shop] = Field(
        default_factory=dict,
        description="A pair of tables for each shop: a TikTok Shop and its Shopify store.",
    )

    @classmethod
    def from_layers(cls, layers: tuple[Layer, ...]) -> Self:
        """The settings that the layers give, the last one on top.

        Raises:
            pydantic.ValidationError: Some values are wrong.
        """
        return cls(layers=layers)  # type: ignore[call-arg]  # the sources below take it

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Our own layers instead of the usual sources, which let misspelt names pass and know no lines."""
        layers: tuple[Layer, ...] = vars(init_settings)["init_kwargs"]["layers"]
        return tuple(LayerSource(settings_cls, layer) for layer in reversed(layers))

    @model_validator(mode="before")
    @classmethod
    def _lay_shops_over_shared(cls, raw: dict[str, object]) -> dict[str, object]:
        shops = raw.get("shops")
        if not isinstance(shops, dict):
            return raw
        shared = {name: raw[name] for name in SHARED if isinstance(raw.get(name), dict)}
        merged = {
            name: overlay(shared, shop) if isinstance(shop, dict) else shop for name, shop in shops.items()
        }
        return {**raw, "shops": merged}

    def secret_items(self) -> Iterator[tuple[KeyPath, str]]:
        """Every secret that is set, with the key it stands at."""
        return _secrets_in(self, ())

    def secrets(self) -> frozenset[str]:
        """Every secret that is set, for a log that must never show one."""
        return frozenset(secret for _, secret in self.secret_items())


def _secrets_in(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    match value:
        case SecretStr():
            found = value.get_secret_value()
            yield from [(path, found)] if found else []
        case str():
            found = password_in(value)
            yield from [(path, found)] if found else []
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets_in(getattr(value, name), (*path, name))
        case Mapping():
            for name, inner in value.items():
                yield from _secrets_in(inner, (*path, name))
        case tuple():
            for inner in value:
                yield from _secrets_in(inner, path)
