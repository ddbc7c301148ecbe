"""From TikTok's codes to Shopify's standard reasons: a table of codes that TikTok lists or has sent."""

import pytest

from syncd.decide.return_reason import HANDLES, OTHER, UNKNOWN, offered, reason_handle

_RETURN = "ecom_order_delivered_refund_and_return_reason_"
_REFUND = "ecom_order_delivered_refund_reason_"
_BUYER = "buyer_return_and_refund_"
CODES = {
    f"{_RETURN}damaged": "damaged-or-defective",
    f"{_REFUND}damaged_seller_uk": "damaged-or-defective",
    f"{_RETURN}defective": "damaged-or-defective",
    f"{_REFUND}missing_broken_parts": "damaged-or-defective",
    f"{_BUYER}product_is_expired/spoiled": "damaged-or-defective",
    f"{_BUYER}product_not_frozen_on_arrival": "damaged-or-defective",
    f"{_RETURN}wrong_product": "received-the-wrong-item",
    f"{_RETURN}wrong_product_JP": "received-the-wrong-item",
    f"{_REFUND}wrong_product_1": "received-the-wrong-item",
    f"{_RETURN}wrong_item": "received-the-wrong-item",
    f"{_RETURN}not_match_description": "item-not-as-described",
    f"{_REFUND}not_match_uk": "item-not-as-described",
    f"{_BUYER}quality_or_style_not_as_expected": "item-not-as-described",
    f"{_BUYER}suspected_counterfeit": "item-not-as-described",
    "buyer_refund_suspected_counterfeit_seller_uk": "item-not-as-described",
    f"{_BUYER}item_is_too_small/short": "too-small",
    f"{_BUYER}item_is_too_big/long": "too-big",
    f"{_RETURN}no_need": "changed-my-mind",
    f"{_REFUND}no_need_uk": "changed-my-mind",
    f"{_RETURN}no_longer_needed_new": "changed-my-mind",
    f"{_BUYER}does_not_suit_me": "changed-my-mind",
    f"{_BUYER}multiple_sizes_ordered": "changed-my-mind",
    f"{_RETURN}missing_product": OTHER,
    f"{_RETURN}missed_delivery_date_JP": OTHER,
    f"{_REFUND}not_received": OTHER,
    "ecom_order_shipped_refund_reason_not_arrive_on_time": OTHER,
    "buyer_refund_package_didn't_arrive_on_time": OTHER,
    f"{_BUYER}ordered_incorrect_size": OTHER,
    f"{_BUYER}unauthorised_purchase": OTHER,
    "seller_shipped_refund_package_lost": OTHER,
    f"{_RETURN}other": OTHER,
    "": OTHER,
}


@pytest.mark.parametrize(("code", "handle"), CODES.items())
def test_each_code_has_its_reason(code: str, handle: str) -> None:
    """In capitals as well; no code of TikTok's gives a reason that we would not look up."""
    assert (handle, handle) == (reason_handle(code), reason_handle(code.upper()))
    assert handle in HANDLES


@pytest.mark.parametrize(
    ("code", "handle"), [("color", "color"), ("wrong_colour", "color"), ("style_disliked", "style")]
)
def test_words_that_may_come(code: str, handle: str) -> None:
    """The vocabulary is open; Shopify has reasons of these names."""
    assert handle == reason_handle(code)


@pytest.mark.parametrize("code", ["undamaged", "discolored", "not_matching", "no_needle", "unexpired"])
def test_only_whole_words_count(code: str) -> None:
    """A part of a word says something else."""
    assert OTHER == reason_handle(code)


@pytest.mark.parametrize(
    ("known", "taken"),
    [
        ({"color", OTHER, UNKNOWN}, "color"),
        ({OTHER, UNKNOWN}, OTHER),
        ({"style", UNKNOWN}, UNKNOWN),
        ({"style"}, None),
    ],
)
def test_a_reason_that_the_shop_lacks_gives_way_to_one_that_says_nothing_wrong(
    known: set[str], taken: str | None
) -> None:
    """Never to another reason."""
    assert taken == offered("color", known)
