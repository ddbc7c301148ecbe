"""The tables of the config file: each key's name, kind, default, and what it is for.

`syncd.toml.example` and the error sentences are made from this model, so a new key is added here and nowhere
else. Rules that concern several keys stand in `rules`.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from syncd.config.addresses import BaseAddress, Domain, HeartbeatAddress, Listen, OptionalBaseAddress, Proxy
from syncd.config.types import (
    AbsolutePath,
    AlertAddresses,
    Ceilings,
    Duration,
    Gateways,
    Metafield,
    OptionalPath,
    Secret,
    Strategies,
    Templates,
    Text,
    Texts,
    Time,
    TimeOfDay,
)

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class Table(BaseModel):
    """A table of the file: unknown keys and almost-right types are errors, values stay out of messages."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


class Sync(Table):
    """What is carried over, since when, and how often."""

    enabled: bool = Field(
        default=False,
        description="The switch: while it is false, TikTok is not asked and nothing is written.",
    )
    start_from: Time | None = Field(
        default=None,
        description="What TikTok paid back before this time is never written; required once enabled.",
        examples=[datetime(2026, 11, 1, tzinfo=UTC)],
    )
    auto_restock: bool = Field(
        default=False, description="Put returned units back into stock when the return is complete."
    )
    import_returns: bool = Field(
        default=True, description="Show returns in Shopify while they are in progress."
    )
    cancellations: bool = Field(
        default=False, description="Carry over cancelled orders too, not only returns and refunds."
    )
    poll_interval: Duration = Field(
        default=timedelta(minutes=5),
        ge=_SECOND,
        le=_DAY,
        description="How long to wait from one look at TikTok Shop to the next.",
    )


class Restock(Table):
    """Which returned units go back into stock, and where."""

    location: Text = Field(
        default="",
        description="The Shopify location, by name or id, for units; empty: the one that shipped them.",
    )
    exclude_skus: Texts = Field(default=(), description="Shopify SKUs that are never restocked.")
    exclude_reasons: Texts = Field(
        default=(), description="TikTok return reasons after which a unit is never restocked."
    )


class Guard(Table):
    """Brakes on what is written."""

    dry_run: bool = Field(
        default=False,
        description="A rehearsal: look at TikTok and decide as usual, but write nothing to Shopify.",
    )
    max_refunds_per_cycle: int = Field(
        default=100,
        ge=1,
        le=1_000_000,
        description="The most refunds after one look at TikTok; more wait for the next look.",
    )
    max_refunds_per_day: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="The most refunds in a day of the shop; more wait for the next day.",
    )
    settle: Duration = Field(
        default=timedelta(seconds=60),
        ge=_SECOND,
        le=timedelta(hours=1),
        description="How long to wait before looking whether Shopify has done what it gave no answer to.",
    )
    max_refund: Ceilings = Field(
        default_factory=dict,
        description="A case that pays back more than this is held for a person.",
        examples=[{"USD": "500.00"}],
    )
    max_refunded_per_day: Ceilings = Field(
        default_factory=dict,
        description="The most money refunded in a day of the shop; more waits for the next day.",
        examples=[{"USD": "20000.00"}],
    )


class Match(Table):
    """How a TikTok order is found in Shopify."""

    order_by: Strategies = Field(
        default=("tag", "name", "source_identifier", "text", "window"),
        description="The ways to find the Shopify order, tried in this order.",
    )
    tag: Templates = Field(
        default=("TikTokOrderID:{id}",),
        description="The order tag that carries TikTok's order id: one text or a list of them.",
    )
    name: Templates = Field(
        default=("{id}",),
        description="The order name that carries TikTok's order id: one text or a list of them.",
    )
    metafield: Metafield = Field(
        default="",
        description="The order metafield that holds the TikTok order id, as namespace.key.",
        examples=["custom.tiktok_order_id"],
    )
    skus: dict[Text, Text] = Field(
        default_factory=dict,
        description="Pairs of SKUs, for those that TikTok and Shopify call by different names.",
        examples=[{"TIKTOK-SKU": "SHOPIFY-SKU"}],
    )


class Store(Table):
    """The local database."""

    path: AbsolutePath = Field(
        default=Path("/var/lib/syncd/syncd.db"),
        description="The file in which syncd remembers what it has seen and done.",
    )
    keep: Duration = Field(
        default=timedelta(days=400),
        ge=_DAY,
        description="How long finished cases are remembered in full; what prevents doubles stays.",
    )


class Logging(Table):
    """What is logged to standard output, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least important lines that are written: debug, info, warning or error.",
    )
    format: Literal["auto", "json", "text"] = Field(
        default="auto",
        description="How lines are written: json, text, or auto: text on a terminal, else json.",
    )


class Metrics(Table):
    """How a monitoring system sees the daemon."""

    listen: Listen = Field(
        default="",
        description="Serves figures, probes and a status page here, such as 127.0.0.1:9464; empty: none.",
    )
    textfile: OptionalPath = Field(
        default="",
        description="A file with the figures for node_exporter, such as /run/syncd/metrics.prom.",
    )
    allow_remote: bool = Field(
        default=False,
        description="Allow an address in listen that other machines reach: they see figures, but no cases.",
    )


class Alerts(Table):
    """Who is told when a person is needed."""

    urls: AlertAddresses = Field(
        default=(),
        description="Where messages go: addresses of Apprise for mail, Slack, Teams, webhooks and others.",
    )
    heartbeat_url: HeartbeatAddress = Field(
        default=SecretStr(""),
        description="An address that is called after each good look at TikTok; empty: none.",
    )
    summary_at: TimeOfDay = Field(
        default="", description="When to send a daily summary, such as 08:00, in UTC; empty: never."
    )


class Network(Table):
    """How both APIs are reached."""

    timeout: Duration = Field(
        default=timedelta(seconds=30),
        ge=_SECOND,
        le=timedelta(minutes=10),
        description="The time limit for one request as a whole.",
    )
    proxy: Proxy = Field(
        default="",
        repr=False,
        description="The proxy for all requests, such as http://proxy.example.com:3128; empty: none.",
    )
    ca_file: OptionalPath = Field(
        default="", description="A file of certificate authorities to trust; empty: the usual ones."
    )


class TikTok(Table):
    """The TikTok Shop, and the app that reads it."""

    app_key: Text = Field(
        default="", description="The key of your app in TikTok Shop Partner Center.", examples=["6abc"]
    )
    app_secret: Secret = Field(
        default=SecretStr(""),
        description="The secret of your app in Partner Center; better as a credential than in this file.",
    )
    shop_cipher: Text = Field(
        default="",
        description="TikTok's code for the shop, where one login is for several; empty: found by itself.",
    )
    refresh_token: Secret = Field(
        default=SecretStr(""),
        description="The first login to the shop; syncd renews it by itself and keeps it in its store.",
    )
    api_base: BaseAddress = Field(
        default="https://open-api.tiktokglobalshop.com", description="The address of TikTok Shop's API."
    )
    auth_base: BaseAddress = Field(
        default="https://auth.tiktok-shops.com", description="The address at which TikTok Shop renews logins."
    )


class Shopify(Table):
    """The Shopify store, and the app that writes to it."""

    domain: Domain = Field(
        default="", description="The store's own myshopify.com name.", examples=["acme.myshopify.com"]
    )
    client_id: Text = Field(default="", description="The client id of your app in Shopify.")
    client_secret: Secret = Field(
        default=SecretStr(""),
        description="The client secret of your app in Shopify; better as a credential than in this file.",
    )
    access_token: Secret = Field(
        default=SecretStr(""),
        description="The access token of an older app, in place of client id and secret.",
    )
    api_base: OptionalBaseAddress = Field(
        default="", description="The address of Shopify's API; empty: https:// and the domain."
    )
    allowed_gateways: Gateways = Field(
        default=(),
        description="Names of payments that stand for TikTok's and may be refunded, besides manual ones.",
    )
    concurrency: int = Field(
        default=8, ge=1, le=100, description="How many requests this store gets at the same time."
    )

    @property
    def base(self) -> str:
        """The address of the API, without a slash at its end."""
        return self.api_base or f"https://{self.domain}"


class Shop(Table):
    """One TikTok Shop paired with one Shopify store.

    The shared tables are the ones in effect: those of the whole file under this shop's own.
    """

    tiktok: TikTok = Field(default_factory=TikTok, description="The TikTok Shop that is read.")
    shopify: Shopify = Field(default_factory=Shopify, description="The Shopify store that is written to.")
    sync: Sync = Field(default_factory=Sync, description="Overrides [sync] for this shop.")
    restock: Restock = Field(default_factory=Restock, description="Overrides [restock] for this shop.")
    guard: Guard = Field(default_factory=Guard, description="Overrides [guard] for this shop.")
    match: Match = Field(default_factory=Match, description="Overrides [match] for this shop.")
