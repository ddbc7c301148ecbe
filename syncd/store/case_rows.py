"""A case as a row of the table `cases`, and back."""

import json
from datetime import datetime
from typing import cast

from syncd.model.cases import Case, Path, Restock, Snapshot, State, Written
from syncd.model.money import Money
from syncd.model.rulings import Ruling
from syncd.store.database import Row, Value, from_time, to_time


def case_of(row: Row, latest: Snapshot, rulings: tuple[Ruling, ...]) -> Case:
    """The case in a row, with its latest snapshot and what people decided about it."""
    return Case(
        shop=str(row["shop"]),
        latest=latest,
        first_seen=to_moment(row["first_seen"]),
        updated=to_moment(row["updated"]),
        state=State(str(row["state"])),
        reason=_text(row["reason"]),
        detail=str(row["detail"]),
        paid_back_at=to_time(row["paid_back_at"]),
        paid_back_seen_at=to_time(row["paid_back_seen_at"]),
        parcel_seen=bool(row["parcel_seen"]),
        path=Path(str(row["path"])) if row["path"] else None,
        written=_written(row),
        restock=Restock(str(row["restock"])),
        waiting_since=to_time(row["waiting_since"]),
        due_at=to_time(row["due_at"]),
        tries=cast("int", row["tries"]),
        rulings=rulings,
        subjects=tuple(json.loads(str(row["subjects"]))),
        verify_at=to_time(row["verify_at"]),
        waiting_units=json.loads(str(row["waiting_units"])),
        restock_since=to_time(row["restock_since"]),
        tracked_return_id=_text(row["tracked_return_id"]),
        shopify_order_id=_text(row["shopify_order_id"]),
        shopify_order_name=_text(row["shopify_order_name"]),
        refund_ids=tuple(json.loads(str(row["refund_ids"]))),
        return_ids=tuple(json.loads(str(row["return_ids"]))),
        was_archived=bool(row["was_archived"]),
    )


def seen_columns(snapshot: Snapshot, now: datetime) -> Row:
    """What a new snapshot changes, apart from the first times: the case is due at once."""
    total = snapshot.refund.total if snapshot.refund else None
    return {
        "kind": snapshot.kind.value,
        "type": snapshot.type_word,
        "tiktok_status": snapshot.status_word,
        "order_id": snapshot.order_id,
        "refund_minor": total.minor if total else None,
        "currency": total.currency if total else None,
        "updated": from_time(now),
        "due_at": from_time(now),
        "tries": 0,
    }


def first_times(snapshot: Snapshot, now: datetime) -> Row:
    """When it was paid back, and whether its parcel was seen, by the first snapshot of all."""
    paid_back = snapshot.paid_back
    return {
        "paid_back_at": from_time(snapshot.updated_at) if paid_back else None,
        "paid_back_seen_at": from_time(now) if paid_back else None,
        "parcel_seen": int(snapshot.parcel_under_way),
    }


def later_times(known: Case, snapshot: Snapshot, now: datetime) -> Row:
    """The same by a further snapshot: what was seen once stays."""
    first = first_times(snapshot, now)
    return {
        "paid_back_at": from_time(known.paid_back_at) or first["paid_back_at"],
        "paid_back_seen_at": from_time(known.paid_back_seen_at) or first["paid_back_seen_at"],
        "parcel_seen": int(known.parcel_seen or snapshot.parcel_under_way),
    }


def decided_columns(case: Case) -> Row:
    """What was decided about a case."""
    written = case.written
    total = written.total if written else None
    return {
        "state": case.state.value,
        "reason": case.reason,
        "detail": case.detail,
        "path": case.path.value if case.path else None,
        "written_minor": total.minor if total else None,
        "written_currency": total.currency if total else None,
        "written_units": json.dumps(written.units) if written else None,
        "restock": case.restock.value,
        "waiting_since": from_time(case.waiting_since),
        "due_at": from_time(case.due_at),
        "verify_at": from_time(case.verify_at),
        "waiting_units": json.dumps(dict(case.waiting_units)),
        "restock_since": from_time(case.restock_since),
        "tracked_return_id": case.tracked_return_id,
        "subjects": json.dumps(case.subjects),
        "tries": case.tries,
        "shopify_order_id": case.shopify_order_id,
        "shopify_order_name": case.shopify_order_name,
        "refund_ids": json.dumps(case.refund_ids),
        "return_ids": json.dumps(case.return_ids),
        "was_archived": int(case.was_archived),
    }


def _written(row: Row) -> Written | None:
    if row["written_units"] is None:
        return None
    minor = row["written_minor"]
    money = None if minor is None else Money(cast("int", minor), str(row["written_currency"]))
    return Written(money, tuple(json.loads(str(row["written_units"]))))


def to_moment(value: Value) -> datetime:
    """A time that is always there."""
    return cast("datetime", to_time(value))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
