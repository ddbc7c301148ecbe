"""Intents and claims."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.intents import OPEN, Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import ActionKind
from syncd.store.database import Database
from syncd.store.intents import Intents
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

AT = datetime(2026, 11, 2, 12, 0, 0, 123000, tzinfo=UTC)
INTENT = Intent(
    shop="us",
    case_id="77",
    action=ActionKind.CREATE_REFUND,
    generation=1,
    key="3e17762c-e812-5ee0-8149-57d4057cf7aa",
    operation="CreateRefund",
    api_version="2026-10",
    body=b'{"variables":{}}',
    shopify_order_id="gid://shopify/Order/1",
    amount=Money(2000, "USD"),
    digest="d",
    created_at=AT,
)


@given(st.binary(), st.sampled_from(ActionKind), st.booleans())
def test_exact_bytes(body: bytes, action: ActionKind, money: bool) -> None:
    """The bytes that are to be sent, and everything beside them, come back exactly."""
    with closing(Database.in_memory()) as database:
        intent = replace(INTENT, body=body, action=action, amount=INTENT.amount if money else None)
        kept = Intents(database).add(intent)
        assert kept == replace(intent, id=kept.id)
        assert Intents(database).of_case("us", "77") == [kept]


def test_bytes_survive(path: Path) -> None:
    """The bytes are the same after the store was closed and opened again."""
    body = '{"note":"20 € \u2028"}'.encode()
    with closing(Store.write(path, snapshot_from)) as store:
        kept = store.intents.add(replace(INTENT, body=body))
    with closing(Store.look(path, snapshot_from)) as store:
        assert store.intents.of_case("us", "77") == [kept]


def test_keep(store: Store) -> None:
    """Everything that happens to an intent comes back as it was; what was sent never changes."""
    kept = store.intents.add(INTENT)
    changed = replace(
        kept,
        state=IntentState.UNKNOWN,
        attempts=2,
        looks=1,
        first_sent_at=AT,
        last_sent_at=AT + timedelta(minutes=1),
        look_at=AT + timedelta(minutes=2),
        request_ids=("a", "b"),
        answer="no whole answer",
        key_spent=True,
    )
    assert store.intents.keep(replace(changed, body=b"other", key="other")) != changed
    assert store.intents.of_case("us", "77") == [changed]


@pytest.mark.parametrize("state", IntentState)
def test_open(store: Store, state: IntentState) -> None:
    """An intent is open until it has come to its end."""
    kept = store.intents.keep(replace(store.intents.add(INTENT), state=state))
    assert store.intents.open("us", "77") == (kept if state in OPEN else None)
    assert (store.intents.open("uk", "77"), store.intents.open("us", "78")) == (None, None)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_at_most_one_open(store: Store, state: IntentState) -> None:
    """A second one cannot be recorded for a case as long as one is open."""
    store.intents.keep(replace(store.intents.add(INTENT), state=state))
    with pytest.raises(sqlite3.IntegrityError):
        store.intents.add(replace(INTENT, action=ActionKind.CLOSE_RETURN, generation=2))
    other = store.intents.add(replace(INTENT, case_id="78"))
    assert store.intents.open("us", "78") == other


def test_one_after_another(store: Store) -> None:
    """The intents of a case are told in the order in which they were recorded."""
    first = store.intents.add(INTENT)
    first = store.intents.keep(replace(first, state=IntentState.CONFIRMED))
    second = store.intents.add(replace(INTENT, action=ActionKind.ARCHIVE_ORDER))
    assert store.intents.of_case("us", "77") == [first, second]


def test_claim_tokens(store: Store) -> None:
    """The token of the last claim is remembered per case."""
    assert store.intents.claim_token("us", "77") is None
    store.intents.keep_claim_token("us", "77", "first", AT)
    store.intents.keep_claim_token("us", "77", "second", AT)
    store.intents.keep_claim_token("uk", "77", "third", AT)
    assert store.intents.claim_token("us", "77") == "second"


@pytest.mark.parametrize("value", ["ten", 10.5])
def test_money_is_integers(store: Store, value: object) -> None:
    """A text or a fraction never gets into the amount."""
    store.intents.add(INTENT)
    with pytest.raises(sqlite3.IntegrityError, match=r"INTEGER column intents\.amount_minor"):
        store.database._connection.execute("UPDATE intents SET amount_minor = ?", (value,))
