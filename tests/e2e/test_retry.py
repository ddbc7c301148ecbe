"""`syncd retry`: a person repaired something, and the case is decided again."""

import re
from typing import TYPE_CHECKING

import pytest

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.shopify.order import Order

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program


def ambiguous(pair: "Pair") -> tuple[str, Order]:
    """A refund whose TikTok id stands on two orders; the case and the wrong order."""
    sold = pair.sell({"SHIRT": "20.00"})
    case = pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
    )
    other = pair.sell({"MUG": "9.00"})
    other.shopify.tags.append(f"TikTokOrderID:{sold.tiktok.order_id}")
    pair.shopify.world.changed(other.shopify)
    return case.return_id, other.shopify


def repair(pair: "Pair", order: Order) -> None:
    """Take the id off the wrong order."""
    order.tags.pop()
    pair.shopify.world.changed(order)


def test_a_repaired_case_is_written_without_a_daemon(syncd: "Program", pair: "Pair") -> None:
    """The command does it itself and tells how it went."""
    case_id, wrong = ambiguous(pair)
    syncd.run("once")
    assert {case_id: "held order_ambiguous"} == syncd.states()
    repair(pair, wrong)

    done = syncd.run("retry", case_id)

    assert (0, f"us:{case_id} is synced\n") == (done.code, done.out)
    assert 1 == len(pair.shopify.writes("refundCreate"))


def test_a_repaired_case_is_written_by_the_running_daemon(syncd: "Program", pair: "Pair") -> None:
    """The command leaves a request and waits until the daemon has carried it out."""
    case_id, wrong = ambiguous(pair)
    syncd.run("once")
    with syncd.running():
        assert re.search("running", syncd.run("status").out)
        repair(pair, wrong)

        done = syncd.run("retry", f"us:{case_id}")

    assert (0, f"us:{case_id} is synced\n") == (done.code, done.out)
    assert 1 == len(pair.shopify.writes("refundCreate"))


def test_a_case_that_is_still_wrong_says_so(syncd: "Program", pair: "Pair") -> None:
    """The person sees at once that the repair was not enough."""
    case_id, _ = ambiguous(pair)
    syncd.run("once")

    done = syncd.run("retry", case_id)

    assert 0 == done.code
    assert f"us:{case_id} is held: Several Shopify orders carry this TikTok order id" in done.out


@pytest.mark.parametrize("name", ["4711", "us:4711"])
def test_an_unknown_case_is_a_usage_error(syncd: "Program", name: str) -> None:
    """With the command that shows the right names."""
    syncd.run("once")

    done = syncd.run("retry", name)

    assert 64 == done.code
    assert f"no case is called {name}" in done.err
    assert "syncd list" in done.err


def test_a_case_is_found_by_the_name_of_its_shopify_order(syncd: "Program", pair: "Pair") -> None:
    """With or without the sign in front, as people read it off the order."""
    sold = pair.sell({"SHIRT": "20.00"})
    case = pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
    )
    syncd.run("once")
    name = sold.shopify.name

    found = [syncd.run("show", asked, "--json").json["case_id"] for asked in (name, name.removeprefix("#"))]

    assert [case.return_id, case.return_id] == found


def test_retry_makes_no_store_where_there_is_none(syncd: "Program") -> None:
    """A mistyped path is an error, not an empty store."""
    done = syncd.run("retry", "4711")

    assert (74, False) == (done.code, syncd.store.exists())
