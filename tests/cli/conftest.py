"""The command line in this process, a store with some cases, and both stand-ins."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.clock import SystemClock
from syncd.model.cases import Case, Restock, State
from syncd.model.intents import Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import ActionKind
from syncd.sandbox.pair import Pair
from syncd.service.session import writing
from syncd.store.cases import Seen
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.own_logging import own_logging

COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHOPS = """
[store]
path = "{store}"
[sync]
enabled = true
start_from = 2026-11-01T00:00:00Z
[shops.us.tiktok]
app_key = "6abc"
app_secret = "canary-secret"
[shops.us.shopify]
domain = "acme.myshopify.com"
access_token = "canary-token"
[shops.uk.tiktok]
app_key = "6abc"
app_secret = "canary-secret"
shop_cipher = "GB"
[shops.uk.shopify]
domain = "acme-uk.myshopify.com"
access_token = "canary-token"
"""


class BehindClock(SystemClock):
    """The machine's clock two seconds ago: what changes "now" was changed before the next poll begins."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


@pytest.fixture
def own_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings from outside, and the logging of the tests as it was."""
    for name in list(os.environ):
        if name.startswith("SYNCD") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    with own_logging():
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is, or will be."""
    return tmp_path / "syncd.db"


@pytest.fixture
def config(tmp_path: Path, path: Path) -> Path:
    """A config file for two shops that nobody can reach."""
    file = tmp_path / "syncd.toml"
    file.write_text(SHOPS.format(store=path))
    file.chmod(0o600)
    return file


@pytest.fixture
def run(config: Path, own_world: None) -> Callable[..., Done]:  # noqa: ARG001
    """Run a command."""

    def run(*arguments: str) -> Done:
        result = CliRunner().invoke(cli, [*arguments, "-c", str(config)])
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def pair(config: Path, path: Path) -> Iterator[Pair]:
    """A TikTok Shop and a Shopify store that the config file now names."""
    pair = Pair(BehindClock())
    with pair.serving():
        tables = {"guard": {"settle": "1s"}, "network": {"timeout": "2s"}}
        start = (pair.clock.now() - timedelta(days=1)).isoformat()
        text = f"[sync]\nenabled = true\nstart_from = {start}\n" + pair.config(path, tables=tables)
        config.write_text(text)
        yield pair


def seen(case_id: str, status: str, order_id: str, **more: object) -> Seen:
    """A row of TikTok's, as it came and as it was read."""
    row: dict[str, object] = {
        "return_id": case_id,
        "order_id": order_id,
        "return_type": "RETURN_AND_REFUND",
        "return_status": status,
        "create_time": 1_792_000_000,
        "update_time": 1_793_000_000,
        "refund_amount": {"currency": "USD", "refund_total": "1234.50"},
        **more,
    }
    return Seen(row, snapshot_from(row))


def _case(store: Store, shop: str, one: Seen, at: datetime, **changes: Any) -> Case:
    store.cases.see(shop, [one], at)
    known = store.cases.get(shop, one.snapshot.case_id)
    assert known
    case = replace(known, **changes)
    store.cases.keep(case, at)
    return case


@pytest.fixture
def cases(path: Path) -> dict[str, Case]:
    """A store with cases of all sorts: held, synced, tracked, and one of the same id in another shop."""
    with writing(path) as store:
        found = {
            "held": _case(
                store,
                "us",
                seen("1", COMPLETE, "101"),
                NOW,
                state=State.HELD,
                reason="order_ambiguous",
                detail="gid://shopify/Order/77, gid://shopify/Order/79",
                due_at=None,
                shopify_order_id="gid://shopify/Order/77",
            ),
            "synced": _case(
                store,
                "us",
                seen("2", COMPLETE, "102"),
                NOW + timedelta(minutes=1),
                state=State.SYNCED,
                restock=Restock.WAITING,
                due_at=None,
                shopify_order_id="gid://shopify/Order/78",
                refund_ids=("gid://shopify/Refund/1",),
                return_ids=("gid://shopify/Return/1",),
            ),
            "tracking": _case(store, "us", seen("3", "AWAITING_BUYER_SHIP", "103", refund_amount=None), NOW),
            "skipped": _case(
                store, "uk", seen("1", COMPLETE, "104"), NOW, state=State.SKIPPED, reason="before_start"
            ),
        }
        intent = store.intents.add(
            Intent(
                shop="us",
                case_id="2",
                action=ActionKind.CREATE_REFUND,
                generation=1,
                key="3e17762c-e812-5ee0-8149-57d4057cf7aa",
                operation="CreateRefund",
                api_version="2026-10",
                body=b'{"query":"","variables":{"input":{"note":"x"}}}',
                shopify_order_id="gid://shopify/Order/78",
                amount=Money(123450, "USD"),
                digest="d",
                created_at=NOW,
            )
        )
        sent = replace(intent, state=IntentState.CONFIRMED, attempts=1, first_sent_at=NOW)
        store.intents.keep(replace(sent, request_ids=("req-1",), answer="{}"))
        store.cases.note("us", "2", "confirmed", NOW, action="create_refund", request_ids=["req-1"])
    return found
