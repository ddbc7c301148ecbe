"""Reports as people and programs read them: a table, a spreadsheet, JSON."""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

import click

from syncd.cli import output
from syncd.cli.views import Json
from syncd.clock import SystemClock
from syncd.model.money import Money
from syncd.report import totals
from syncd.report.rows import AGREES, CaseRow, Reconciliation
from syncd.report.wording import in_words, next_step
from syncd.service.telling import lines_of

_COLUMNS = ("case", "result", "Shopify order", "TikTok", "Shopify", "paid back", "refunded", "what", "next")
_TEXTS = 2
_SUMS = ("", "cases", "TikTok", "not for Shopify", "Shopify", "difference", "paid by TikTok before")
_SKUS = ("SKU", "units", "TikTok")
_FEW = 20
"""Reasons and SKUs that a terminal is given; the other formats have all."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a text for a formula."""


def as_table(found: Sequence[Reconciliation]) -> None:
    """The differences, then what everything adds up to."""
    for one in found:
        click.echo(
            f"{one.shop}: paid back from {one.since:%Y-%m-%d %H:%M %Z} to {one.until:%Y-%m-%d %H:%M %Z}"
        )
        if one.differences:
            output.table(_COLUMNS, [_line(row) for row in one.differences], below=_TEXTS)
        _sums(one.rows)
        waiting = totals.restock_waiting(one.rows)
        if waiting:
            click.echo(f"restock waiting: {len(waiting)}: syncd list --restock waiting --shop {one.shop}")
        click.echo(_verdict(one))


def _line(row: CaseRow) -> tuple[str, ...]:
    return (
        row.name,
        row.result.value,
        row.shopify_order_name,
        _text(row.tiktok),
        _text(row.shopify),
        _text(row.paid_back_on),
        _text(row.refunded_on),
        f"{in_words(row.result)}: {row.detail}" if row.detail else in_words(row.result),
        lines_of(next_step(row)),
    )


def _sums(rows: Sequence[CaseRow]) -> None:
    by_reason = [
        (f"{currency} {reason}", each) for (currency, reason), each in totals.by_reason(rows).items()
    ]
    by_currency = list(totals.by_currency(rows).items())
    lines = [(name, *_sum(each)) for name, each in (*by_currency, *by_reason[:_FEW])]
    if lines:
        output.table(_SUMS, lines)
        skus = totals.by_sku(rows).items()
        output.table(_SKUS, [(sku, str(each.units), str(each.tiktok)) for (_, sku), each in skus][:_FEW])


def _sum(one: totals.Total) -> tuple[str, ...]:
    amounts = (one.tiktok, one.left_out, one.shopify, one.difference, one.platform)
    return str(one.cases), *map(str, amounts)


def _verdict(one: Reconciliation) -> str:
    counts = ", ".join(f"{count} {result}" for result, count in totals.by_result(one.rows).items())
    if one.errors:
        return f"{one.shop}: not read to the end, so nothing is proven"
    if one.agrees:
        return f"{one.shop}: everything agrees{f': {counts}' if counts else ', there was nothing'}"
    return f"{one.shop}: {len(one.differences)} of {len(one.rows)} cases differ: {counts}"


def as_csv(found: Sequence[Reconciliation]) -> None:
    """A row a case, with the names of the columns before them."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_CELLS)
    for one in found:
        for row in one.rows:
            writer.writerow([_safe(cell(row)) for cell in _CELLS.values()])


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


_CELLS: Mapping[str, Callable[[CaseRow], str]] = {
    "shop": lambda row: row.shop,
    "case_id": lambda row: row.case_id,
    "kind": lambda row: row.kind.value,
    "type": lambda row: row.snapshot.type_word if row.snapshot else "",
    "order_id": lambda row: row.snapshot.order_id if row.snapshot else "",
    "shopify_order": lambda row: row.shopify_order_name,
    "shopify_order_id": lambda row: row.shopify_order_id,
    "result": lambda row: row.result.value,
    "agrees": lambda row: "yes" if row.result in AGREES else "no",
    "tiktok_status": lambda row: row.snapshot.status_word if row.snapshot else "",
    "tiktok_amount": lambda row: _amount(row.tiktok),
    "tiktok_currency": lambda row: _currency(row.tiktok),
    "shopify_amount": lambda row: _amount(row.shopify),
    "shopify_currency": lambda row: _currency(row.shopify),
    "platform_amount": lambda row: _amount(row.platform),
    "paid_back_on": lambda row: _text(row.paid_back_on),
    "refunded_on": lambda row: _text(row.refunded_on),
    "refund_ids": lambda row: " ".join(refund.id for refund in row.refunds),
    "restock": lambda row: "waiting" if row.restock_waiting else "",
    "state": lambda row: row.case.state.value if row.case else "",
    "hold_reason": lambda row: (row.case.reason or "") if row.case else "",
    "buyer_reason": lambda row: row.reason,
    "skus": lambda row: " ".join(line.sku for line in row.snapshot.lines) if row.snapshot else "",
    "detail": lambda row: row.detail,
    "next": next_step,
}


def as_json(found: Sequence[Reconciliation]) -> None:
    """Everything, shop by shop."""
    output.as_json(
        {"agrees": all(one.agrees for one in found), "shops": {one.shop: _json(one) for one in found}}
    )


def _json(one: Reconciliation) -> Json:
    return {
        "since": one.since,
        "until": one.until,
        "agrees": one.agrees,
        "errors": [str(error) for error in one.errors],
        "results": {result.value: count for result, count in totals.by_result(one.rows).items()},
        "totals": list(_totals_json(one.rows)),
        "reasons": [
            {"reason": reason} | _total_json(each) for (_, reason), each in totals.by_reason(one.rows).items()
        ],
        "skus": [
            {"sku": sku, "currency": currency, "units": each.units, "tiktok": each.tiktok.amount}
            for (currency, sku), each in totals.by_sku(one.rows).items()
        ],
        "held_by_day": {day.isoformat(): count for day, count in one.held_by_day},
        "cases": [_row_json(row) for row in one.rows],
    }


def _totals_json(rows: Sequence[CaseRow]) -> Iterator[Json]:
    yield from map(_total_json, totals.by_currency(rows).values())


def _total_json(one: totals.Total) -> Json:
    return {
        "currency": one.currency,
        "cases": one.cases,
        "tiktok": one.tiktok.amount,
        "left_out": one.left_out.amount,
        "shopify": one.shopify.amount,
        "difference": one.difference.amount,
        "platform": one.platform.amount,
    }


def _row_json(row: CaseRow) -> Json:
    """The cells of the spreadsheet: empty ones are null, lists are lists."""
    cells: Json = {name: cell(row) or None for name, cell in _CELLS.items()}
    return cells | {
        "agrees": row.result in AGREES,
        "refund_ids": [refund.id for refund in row.refunds],
        "skus": [line.sku for line in row.snapshot.lines] if row.snapshot else [],
    }


def as_html(found: Sequence[Reconciliation]) -> None:
    """One file for a browser."""
    from syncd.report.html import page  # noqa: PLC0415 - slow to load

    click.echo(page(found, SystemClock().now()), nl=False)


def _amount(money: Money | None) -> str:
    return money.amount if money else ""


def _currency(money: Money | None) -> str:
    return money.currency if money else ""


def _text(value: object) -> str:
    return "" if value is None else str(value)


FORMATS: Mapping[str, Callable[[Sequence[Reconciliation]], None]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
    "html": as_html,
}
"""How a report is printed, by the name of the format."""
