"""`syncd report`."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair, Sold
from syncd.service.session import reading
from syncd.store.cases import Filter

Run = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """What was paid back on TikTok, and the period around it."""

    pair: Pair
    run: Run

    def refund(self, price: str = "20.00", reason: str = "Damaged", **options: Any) -> tuple[str, Sold]:
        sold = self.pair.sell({"MUG": price}, **options)
        case = self.pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
        self.pair.tiktok.advance(case, reason_text=reason, touch=False)
        return case.return_id, sold

    def report(self, *more: str) -> Any:
        today = self.pair.clock.now().date()
        days = [str(today + timedelta(days=days)) for days in (-2, 2)]
        return self.run("report", "--since", days[0], "--until", days[1], *more)


@pytest.fixture
def shop(pair: Pair, run: Run) -> Shop:
    return Shop(pair, run)


def test_what_agrees_ends_with_0(shop: Shop) -> None:
    """And with a sentence that says so, with the sums above it."""
    shop.refund()
    assert shop.run("once").code == 0
    done = shop.report()
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "us: everything agrees: 1 matched"
    assert "USD\t1\t20.00 USD\t0.00 USD\t20.00 USD\t0.00 USD\t0.00 USD" in done.out.splitlines()
    assert "USD Damaged\t1\t20.00 USD\t0.00 USD\t20.00 USD\t0.00 USD\t0.00 USD" in done.out.splitlines()
    assert "MUG\t1\t20.00 USD" in done.out.splitlines()


def test_nothing_agrees_with_nothing(shop: Shop) -> None:
    """An empty period is no difference."""
    done = shop.report()
    assert (done.code, done.out.splitlines()[-1]) == (0, "us: everything agrees, there was nothing")


def test_each_difference_is_a_line_with_what_to_type(shop: Shop) -> None:
    """And the exit code is 1, for cron."""
    case, sold = shop.refund()
    shop.refund()
    shop.run("once")
    sold.shopify.refunds.clear()
    done = shop.report()
    [line] = [line.split("\t") for line in done.out.splitlines() if line.startswith(f"us:{case}")]
    assert done.code == 1
    assert line[1:5] == ["missing", sold.shopify.name, "20.00 USD", ""]
    assert line[8] == f"See what became of it: syncd show us:{case}; then: syncd retry us:{case}"
    assert done.out.splitlines()[-1] == "us: 1 of 2 cases differ: 1 matched, 1 missing"


def test_json_has_every_case_with_amounts_as_texts(shop: Shop) -> None:
    """Currency beside each amount; sums, reasons and SKUs as well."""
    case, sold = shop.refund()
    shop.run("once")
    done = shop.report("--json")
    found = done.json
    assert (done.code, done.err) == (0, "")
    assert found["agrees"] is True
    one = found["shops"]["us"]
    assert one["results"] == {"matched": 1}
    assert one["totals"] == [
        {
            "currency": "USD",
            "cases": 1,
            "tiktok": "20.00",
            "left_out": "0.00",
            "shopify": "20.00",
            "difference": "0.00",
            "platform": "0.00",
        }
    ]
    assert [total["reason"] for total in one["reasons"]] == ["Damaged"]
    assert one["skus"] == [{"sku": "MUG", "currency": "USD", "units": 1, "tiktok": "20.00"}]
    [row] = one["cases"]
    assert (row["case_id"], row["result"], row["agrees"]) == (case, "matched", True)
    assert (row["tiktok_amount"], row["tiktok_currency"]) == ("20.00", "USD")
    assert row["refund_ids"] == [sold.shopify.refunds[0].id]
    assert shop.report("--format", "json").json == found


def test_csv_is_a_row_a_case_that_no_spreadsheet_takes_for_a_formula(shop: Shop) -> None:
    """A text from outside that begins like one is a text."""
    shop.refund(reason='=HYPERLINK("http://example.com")')
    shop.refund(reason="-1+1, and a comma")
    shop.run("once")
    rows = list(csv.DictReader(io.StringIO(shop.report("--format", "csv").out)))
    assert sorted(row["buyer_reason"] for row in rows) == [
        "'-1+1, and a comma",
        '\'=HYPERLINK("http://example.com")',
    ]
    assert {row["result"] for row in rows} == {"matched"}


def test_the_store_is_only_read(shop: Shop, path: Path) -> None:
    """What the report reads on TikTok does not get into the store: the daemon finds it by itself."""
    shop.refund()
    shop.run("once")
    shop.refund()
    done = shop.report()
    assert (done.code, done.out.splitlines()[-1]) == (1, "us: 1 of 2 cases differ: 1 matched, 1 due")
    with reading(path) as store:
        assert len(store.cases.select(Filter())) == 1


def test_a_side_that_cannot_be_reached_is_75_and_nothing_is_proven(shop: Shop, config: Path) -> None:
    """It says which, and that the rest says nothing."""
    config.write_text(config.read_text().replace(shop.pair.shopify_server.url, "http://127.0.0.1:9"))
    done = shop.report()
    assert done.code == 75
    assert done.out.splitlines()[-1] == "us: not read to the end, so nothing is proven"
    assert done.err.startswith("us: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "yesterday", "--until", "2026-11-01"], "yesterday is no date"),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "ends before it begins"),
        (["--since", "2026-11-01", "--until", "2026-11-02", "--shop", "uk"], "there is no shop uk"),
        (["--since", "2026-11-01"], "Missing option '--until'"),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Shop, arguments: list[str], said: str) -> None:
    """With exit code 64 and a sentence."""
    done = shop.run("report", *arguments)
    assert done.code == 64
    assert re.search(said, done.err)


def test_no_secret_is_told(shop: Shop) -> None:
    """In no format."""
    shop.refund()
    shop.run("once")
    for form in ("table", "csv", "json"):
        done = shop.report("--format", form)
        assert "made-up-client-secret" not in done.out + done.err
        assert shop.pair.tiktok.app_secret not in done.out + done.err
