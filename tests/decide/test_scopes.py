"""Scopes against what the settings need."""

from dataclasses import replace

import pytest

from syncd.decide.scopes import Compared, compare, shopify_needs, tiktok_needs
from syncd.sandbox.shopify.access import ALL_SCOPES, NEEDED
from tests.decide.examples import POLICY

TIKTOK = ("seller.return_refund.basic", "seller.order.info", "seller.authorization.info")


def names(compared: Compared, *, required: bool = True) -> list[str]:
    """The scopes to ask for."""
    return [need.scope for need in compared.missing if need.required is required]


def test_everything_was_granted() -> None:
    """Nothing is missing; more than that is told, since nothing needs it."""
    assert compare(tiktok_needs(cipher_known=False), TIKTOK) == Compared((), ())
    compared = compare(shopify_needs(POLICY), ALL_SCOPES | {"write_themes"})
    assert compared == Compared((), ("read_inventory", "write_themes"))


def test_whoever_may_write_may_read() -> None:
    """A write scope stands for the read scope of the same thing."""
    granted = ALL_SCOPES - {"read_orders", "read_returns"}
    assert compare(shopify_needs(POLICY), granted).missing == ()


@pytest.mark.parametrize("scope", sorted(ALL_SCOPES - {"read_inventory", "read_orders", "read_returns"}))
def test_each_scope_is_missed(scope: str) -> None:
    """And only the one that serves for nothing but old orders is no must."""
    compared = compare(shopify_needs(POLICY), ALL_SCOPES - {scope})
    assert names(compared, required=scope != "read_all_orders") == [scope]


@pytest.mark.parametrize("scope", TIKTOK)
def test_each_scope_of_tiktok_is_missed(scope: str) -> None:
    """Which shops a login is for need not be asked where the config names the shop."""
    granted = [each for each in TIKTOK if each != scope]
    assert names(compare(tiktok_needs(cipher_known=False), granted)) == [scope]
    required = scope != "seller.authorization.info"
    assert names(compare(tiktok_needs(cipher_known=True), granted), required=required) == [scope]


def test_what_is_written_is_up_to_the_settings() -> None:
    """A dry run writes nothing yet, and returns that are not shown need only be ended."""
    reading = {scope for scope in ALL_SCOPES if not scope.startswith("write_")}
    assert names(compare(shopify_needs(POLICY), reading)) == ["write_orders", "write_returns"]
    assert names(compare(shopify_needs(replace(POLICY, dry_run=True)), reading)) == []
    off = replace(POLICY, import_returns=False)
    assert names(compare(shopify_needs(off), reading)) == ["write_orders"]


def test_the_needs_cover_every_field_that_the_stand_in_guards() -> None:
    """With all that is needed, and no more, nothing that is asked for is refused."""
    granted = {need.scope for need in shopify_needs(POLICY)}
    assert [field for field, any_of in NEEDED.items() if not granted & set(any_of)] == []
