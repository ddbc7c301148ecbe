"""The story of `syncd demo`: one case of each kind, each told in a few plain words."""

from itertools import groupby

import pytest

from syncd.model.cases import CancelType, ReturnType
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Chapter, Flag, Grounds, Kept, Scene, Script
from syncd.sandbox.demo.story import SCRIPTS

_TITLE = 22
_WHY = 50
each = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.title)


def test_there_is_one_of_each_kind() -> None:
    """Of each type of return, of each way to keep an id, of each mishap, reason and chapter, and enough."""
    types = {script.type for script in SCRIPTS}
    assert types == {*ReturnType, CancelType.BUYER_CANCEL} - {ReturnType.UNKNOWN}
    assert {script.sold.kept for script in SCRIPTS} == set(Kept)
    assert {flag for script in SCRIPTS for flag in script.flags} == set(Flag)
    assert {script.grounds for script in SCRIPTS} == set(Grounds)
    assert [chapter for chapter, _ in groupby(script.chapter for script in SCRIPTS)] == list(Chapter)
    assert len(SCRIPTS) >= 24


def test_amounts_are_told_in_each_number_of_decimals() -> None:
    """None, two and three of them, and amounts with shipping, with tax inside and on top, and discounts."""
    sold = [script.sold for script in SCRIPTS]
    assert {one.currency for one in sold} == {"USD", "VND", "KWD"}
    assert {one.tax_inside for one in sold if one.tax != "0"} == {True, False}
    assert any(one.shipping != "0" for one in sold)
    assert any(one.platform_discount != "0" and one.seller_discount != "0" for one in sold)


def test_every_order_has_skus_of_its_own() -> None:
    """Stock is counted by them; only cases of one and the same order share them."""
    orders = {id(script.sold): script.sold for script in SCRIPTS}.values()
    skus = [sku for sold in orders for sku in sold.skus]
    assert len(skus) == len(set(skus))


def test_titles_differ() -> None:
    """What is printed is told apart by them."""
    assert len({script.title for script in SCRIPTS}) == len(SCRIPTS)


@each
def test_it_is_short_and_told_in_the_order_of_time(script: Script) -> None:
    """The title fits its column, the reason a line, and what TikTok says comes scene after scene."""
    scenes = list(Scene)
    assert len(script.title) <= _TITLE
    assert len(script.why) <= _WHY
    assert sorted(script.steps, key=scenes.index) == list(script.steps)


@each
def test_every_outcome_has_a_reason(script: Script) -> None:
    """The story's own, or else syncd's; not both."""
    assert bool(script.why) is (script.expected.reason is None)
    assert script.expected.reason is None or script.expected.reason in Reason
