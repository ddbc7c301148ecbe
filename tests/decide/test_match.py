"""Finding orders: what is searched for, and that nothing but an exact comparison counts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.match import SEARCHES, exact, search
from syncd.model.match import Match, OrderHit
from syncd.model.policy import MatchPolicy, Strategy

POLICY = MatchPolicy()
ID = "577087614418520388"
HIT = OrderHit("gid://shopify/Order/1", "#1001", (), "", datetime(2026, 11, 1, tzinfo=UTC))
ids = st.from_regex(r"57[0-9]{16,17}", fullmatch=True)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (Strategy.TAG, f"tag:'TikTokOrderID:{ID}'"),
        (Strategy.NAME, f"name:'{ID}'"),
        (Strategy.SOURCE_IDENTIFIER, f"source_identifier:'{ID}'"),
        (Strategy.TEXT, f"'{ID}'"),
    ],
)
def test_each_strategy_has_its_search(strategy: Strategy, text: str) -> None:
    """Values are quoted, since a colon inside would start another field."""
    assert text == search(strategy, POLICY, [ID])


def test_several_orders_and_patterns_share_one_search() -> None:
    """One request finds many."""
    policy = MatchPolicy(names=("TT-{id}", "{id}"))

    assert "name:'TT-1' OR name:'1' OR name:'TT-2' OR name:'2'" == search(Strategy.NAME, policy, ["1", "2"])


def test_quotes_in_a_pattern_stay_inside_the_value() -> None:
    """A pattern of the admin cannot become another search."""
    assert r"tag:'O\'Neill\\1'" == search(Strategy.TAG, MatchPolicy(tags=("O'Neill\\{id}",)), ["1"])


@pytest.mark.parametrize(
    ("strategy", "hit"),
    [
        (Strategy.TAG, replace(HIT, tags=("vip", f"TikTokOrderID:{ID}"))),
        (Strategy.TAG, replace(HIT, tags=(f"tiktokorderid:{ID} ",))),
        (Strategy.NAME, replace(HIT, name=f"#{ID}")),
        (Strategy.SOURCE_IDENTIFIER, replace(HIT, source_identifier=ID)),
        (Strategy.TEXT, replace(HIT, source_identifier=ID)),
        (Strategy.TEXT, replace(HIT, tags=("vip", f"TikTokOrderID:{ID}"))),
        (Strategy.TEXT, replace(HIT, note=f"TikTok order {ID}, imported")),
        (Strategy.TEXT, replace(HIT, name=f"#TT-{ID}")),
    ],
)
def test_an_order_that_carries_the_id_is_the_match(strategy: Strategy, hit: OrderHit) -> None:
    """Exactly there where the strategy looks."""
    assert {ID: Match((HIT.id,), strategy)} == exact(strategy, POLICY, [ID], [HIT, hit])


@pytest.mark.parametrize(
    ("strategy", "hit"),
    [
        (Strategy.TAG, replace(HIT, name=ID, source_identifier=ID, note=ID, tags=(ID, f"Order:{ID}"))),
        (Strategy.NAME, replace(HIT, name=f"TT-{ID}", source_identifier=ID, note=ID, tags=(ID,))),
        (Strategy.SOURCE_IDENTIFIER, replace(HIT, name=ID, note=ID, tags=(ID,))),
    ],
)
def test_an_order_that_carries_the_id_elsewhere_is_no_match(strategy: Strategy, hit: OrderHit) -> None:
    """A strategy that the merchant did not name is not used in passing."""
    assert {} == exact(strategy, POLICY, [ID], [hit])


@pytest.mark.parametrize("pattern", ["#TT-{id}", "TT-{id}"])
@pytest.mark.parametrize("name", [f"#TT-{ID}", f"TT-{ID}"])
def test_names_are_compared_with_or_without_their_hash(pattern: str, name: str) -> None:
    """Shopify puts one in front, unless the shop says otherwise."""
    found = exact(Strategy.NAME, MatchPolicy(names=(pattern,)), [ID], [replace(HIT, name=name)])

    assert {ID: Match((HIT.id,), Strategy.NAME)} == found


@pytest.mark.parametrize("strategy", SEARCHES)
@given(near=st.sampled_from([f"{ID}0", f"1{ID}", ID[:-1], ID.replace("3", "8")]))
def test_an_order_with_an_id_that_is_only_near_is_no_match(strategy: Strategy, near: str) -> None:
    """Searches are fuzzy, and a longer id contains a shorter one."""
    hit = replace(
        HIT, name=f"#{near}", tags=(f"TikTokOrderID:{near}", near), source_identifier=near, note=f"id {near}"
    )

    assert {} == exact(strategy, POLICY, [ID], [hit])


def test_two_orders_with_the_id_are_both_told() -> None:
    """Which one is right cannot be told here."""
    hits = [replace(HIT, id=gid, tags=(f"TikTokOrderID:{ID}",)) for gid in ("b", "a", "a")]

    assert Match(("a", "b"), Strategy.TAG) == exact(Strategy.TAG, POLICY, [ID], hits)[ID]


@given(st.lists(ids, min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_each_order_finds_its_own_among_many(wanted: list[str], random: object) -> None:
    """However the hits are mixed."""
    hits = [replace(HIT, id=f"gid-{x}", tags=(f"TikTokOrderID:{x}",)) for x in wanted]
    random.shuffle(hits)  # type: ignore[attr-defined]

    found = exact(Strategy.TAG, POLICY, wanted, hits)

    assert {x: (f"gid-{x}",) for x in wanted} == {x: match.order_ids for x, match in found.items()}
