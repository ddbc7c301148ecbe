"""Finding orders: what is searched for, and that nothing but an exact comparison counts."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.match import SHOWN_FOR, exact, made_in, out_of_reach, search, windows
from syncd.model.match import Match, OrderHit
from syncd.model.policy import MatchPolicy, Strategy

POLICY = MatchPolicy(metafield="custom.tiktok_order_id")
ID = "577087614418520388"
MADE = datetime(2026, 11, 1, tzinfo=UTC)
HIT = OrderHit("gid://shopify/Order/1", "#1001", (), "", MADE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANYWHERE = (Strategy.TEXT, Strategy.WINDOW)
"""These look at everything that an order says of itself."""
ids = st.from_regex(r"57[0-9]{16,17}", fullmatch=True)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (Strategy.TAG, f"tag:'TikTokOrderID:{ID}'"),
        (Strategy.NAME, f"name:'{ID}'"),
        (Strategy.SOURCE_IDENTIFIER, f"source_identifier:'{ID}'"),
        (Strategy.METAFIELD, f"metafields.custom.tiktok_order_id:'{ID}'"),
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


def test_a_window_is_searched_by_quoted_times_with_their_zone() -> None:
    """A colon would split an unquoted time, and without a zone it would be the shop's."""
    text = "created_at:>='2026-11-01T00:00:00Z' AND created_at:<='2026-11-01T01:00:00Z'"

    assert text == made_in((MADE, MADE + HOUR))


def test_a_window_begins_before_the_tiktok_order_and_leaves_time_for_its_import() -> None:
    """An hour for clocks that differ, two days for connectors; in pieces of a day."""
    start, end = MADE - HOUR, MADE + 2 * DAY

    assert [(start, start + DAY), (start + DAY, start + 2 * DAY), (start + 2 * DAY, end)] == windows([MADE])


def test_windows_that_overlap_are_searched_once() -> None:
    """However the orders are mixed; others stay apart."""
    times = [MADE + 10 * DAY, MADE + 2 * DAY, MADE, MADE]
    spans = windows(times)

    assert (MADE - HOUR, MADE + 12 * DAY) == (spans[0][0], spans[-1][1])
    assert 2 * DAY + HOUR + 4 * DAY + HOUR == sum((until - since for since, until in spans), timedelta())
    assert [] == windows([])


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(moments, max_size=12))
def test_windows_cover_each_order_and_no_time_twice(made: list[datetime]) -> None:
    """In order, a day at most each, and no further than the orders ask for."""
    spans = windows(made)

    assert all(timedelta() < until - since <= DAY for since, until in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for at in made:
        covered = sum(
            (
                min(until, at + 2 * DAY) - max(since, at - HOUR)
                for since, until in spans
                if overlaps(since, until, at)
            ),
            timedelta(),
        )
        assert 2 * DAY + HOUR == covered
    assert all(any(overlaps(*span, at) for at in made) for span in spans)


def overlaps(since: datetime, until: datetime, at: datetime) -> bool:
    """Whether that time has a part of an order's window."""
    return since < at + 2 * DAY and until > at - HOUR


@pytest.mark.parametrize(
    ("strategy", "hit"),
    [
        (Strategy.TAG, replace(HIT, tags=("vip", f"TikTokOrderID:{ID}"))),
        (Strategy.TAG, replace(HIT, tags=(f"tiktokorderid:{ID} ",))),
        (Strategy.NAME, replace(HIT, name=f"#{ID}")),
        (Strategy.SOURCE_IDENTIFIER, replace(HIT, source_identifier=ID)),
        (Strategy.METAFIELD, replace(HIT, metafield=ID)),
        *(
            (strategy, hit)
            for strategy in ANYWHERE
            for hit in (
                replace(HIT, source_identifier=ID),
                replace(HIT, tags=("vip", f"TikTokOrderID:{ID}")),
                replace(HIT, note=f"TikTok order {ID}, imported"),
                replace(HIT, note=f"577000000000000001\n{ID}"),
                replace(HIT, name=f"#TT-{ID}"),
                replace(HIT, attributes=("tiktok", ID)),
            )
        ),
    ],
)
def test_an_order_that_carries_the_id_is_the_match(strategy: Strategy, hit: OrderHit) -> None:
    """Exactly there where the strategy looks."""
    assert {ID: Match((HIT.id,), strategy)} == exact(strategy, POLICY, [ID], [HIT, hit])


ELSEWHERE = replace(
    HIT,
    name=f"TT-{ID}",
    source_identifier=f"tiktok-{ID}",
    note=ID,
    tags=(ID, f"Order:{ID}"),
    attributes=(ID,),
)


@pytest.mark.parametrize(
    ("strategy", "hit"),
    [
        (Strategy.TAG, replace(ELSEWHERE, name=ID, source_identifier=ID, metafield=ID)),
        (Strategy.NAME, replace(ELSEWHERE, source_identifier=ID, metafield=ID)),
        (Strategy.SOURCE_IDENTIFIER, replace(ELSEWHERE, name=ID, metafield=ID)),
        (Strategy.METAFIELD, replace(ELSEWHERE, name=ID, source_identifier=ID)),
        (Strategy.METAFIELD, replace(HIT, metafield=f"[{ID}]")),
        *((strategy, replace(HIT, metafield=ID)) for strategy in ANYWHERE),
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


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("{id}-TT", f"{ID}-TT", True),
        ("<{id}> ({id})", f"<{ID}> ({ID})", True),
        ("<{id}> ({id})", f"<{ID}> ({ID}0)", False),
        ("a.{id}", f"a.{ID}", True),
        ("a.{id}", f"ab{ID}", False),
        ("TT-{id}", f"TT-{ID}-1", False),
        ("TT-{id}", f"XTT-{ID}", False),
        ("5{id}", f"5{ID}", False),
        ("{id}5", f"{ID}5", False),
    ],
)
@pytest.mark.parametrize("strategy", [Strategy.TAG, Strategy.NAME])
def test_a_pattern_is_the_whole_text_and_the_id_a_whole_run_of_digits(
    strategy: Strategy, pattern: str, text: str, *, matches: bool
) -> None:
    """With prefix and suffix, whatever characters they have."""
    policy = MatchPolicy(tags=(pattern,), names=(pattern,))
    found = exact(strategy, policy, [ID], [replace(HIT, name=text, tags=(text,))])

    assert ({ID: Match((HIT.id,), strategy)} if matches else {}) == found


NEAR = [f"{ID}0", f"1{ID}", ID[:-1], ID[1:], ID.replace("3", "8"), f"{ID[:-3]}838", ID[::-1], f"0{ID}0"]


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("near", NEAR)
def test_an_order_with_an_id_that_is_only_near_is_no_match(strategy: Strategy, near: str) -> None:
    """Searches are fuzzy, and a longer id contains a shorter one."""
    hit = replace(
        HIT,
        name=f"#{near}",
        tags=(f"TikTokOrderID:{near}", near),
        source_identifier=near,
        note=f"id {near}",
        attributes=(near,),
        metafield=near,
    )

    assert {} == exact(strategy, POLICY, [ID], [hit])


texts = st.lists(
    st.sampled_from(
        [ID, ID[:9], ID[9:], "5", "0", " ", "-", "#", "TT-", "TikTokOrderID:", "x", "\n", "\u0665"]
    ),
    max_size=5,
).map("".join)


hits = st.builds(
    OrderHit,
    id=st.just(HIT.id),
    name=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    source_identifier=texts,
    created_at=st.just(MADE),
    note=texts,
    attributes=st.lists(texts, max_size=2).map(tuple),
    metafield=texts,
)


@pytest.mark.parametrize("strategy", Strategy)
@given(hit=hits)
def test_no_order_matches_that_does_not_carry_the_id_as_a_whole_run_of_digits(
    strategy: Strategy, hit: OrderHit
) -> None:
    """Whatever its texts are made of; and where every text is looked at, each that does is a match."""
    policy = replace(POLICY, names=("TT-{id}", "{id}"), tags=("TikTokOrderID:{id}", "x {id}"))
    looked_at = {
        Strategy.TAG: hit.tags,
        Strategy.NAME: (hit.name,),
        Strategy.SOURCE_IDENTIFIER: (hit.source_identifier,),
        Strategy.METAFIELD: (hit.metafield,),
    }.get(strategy, (hit.name, *hit.tags, hit.source_identifier, hit.note, *hit.attributes))
    carries = any(re.search(rf"(?<![0-9]){ID}(?![0-9])", text) for text in looked_at)

    found = bool(exact(strategy, policy, [ID], [hit]))

    assert found <= carries
    if strategy in ANYWHERE:
        assert found == carries


def test_two_orders_with_the_id_are_both_told() -> None:
    """Which one is right cannot be told here."""
    hits = [replace(HIT, id=gid, tags=(f"TikTokOrderID:{ID}",)) for gid in ("b", "a", "a")]

    assert Match(("a", "b"), Strategy.TAG) == exact(Strategy.TAG, POLICY, [ID], hits)[ID]


@pytest.mark.parametrize("strategy", Strategy)
@given(st.lists(ids, min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_each_order_finds_its_own_among_many(strategy: Strategy, wanted: list[str], random: Random) -> None:
    """However the hits are mixed."""
    hits = [
        replace(
            HIT,
            id=f"gid-{x}",
            name=f"#{x}",
            tags=(f"TikTokOrderID:{x}",),
            source_identifier=x,
            metafield=x,
        )
        for x in wanted
    ]
    random.shuffle(hits)

    found = exact(strategy, POLICY, wanted, hits)

    assert {x: (f"gid-{x}",) for x in wanted} == {x: match.order_ids for x, match in found.items()}


def test_an_order_may_carry_several_ids() -> None:
    """A connector that joins orders names them all."""
    others = ["577000000000000001", "577000000000000002"]
    hit = replace(HIT, note=", ".join([ID, *others]))

    assert {ID, others[0]} == set(exact(Strategy.WINDOW, POLICY, [ID, others[0]], [hit]))


@pytest.mark.parametrize(
    ("age", "scopes", "hidden"),
    [
        (SHOWN_FOR + HOUR, ("read_orders",), True),
        (SHOWN_FOR + HOUR, (), True),
        (SHOWN_FOR, ("read_orders",), False),
        (SHOWN_FOR + HOUR, ("read_orders", "read_all_orders"), False),
        (SHOWN_FOR + HOUR, None, False),
    ],
)
def test_an_old_order_is_out_of_reach_without_its_scope(
    age: timedelta, scopes: tuple[str, ...] | None, *, hidden: bool
) -> None:
    """Of an app whose scopes are not known nothing is concluded."""
    assert hidden == out_of_reach(MADE, MADE + age, scopes)
