"""What is fine, and still told."""

import re
from collections.abc import Callable

import pytest

from syncd.config import Loaded

Good = Callable[..., Loaded]


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        (
            "match.metafield = 'a.bc'",
            'match.metafield: is named but not looked at (add "metafield" to order_by)',
        ),
        ("sync.poll_interval = '29s'", "sync.poll_interval: is very short (5m is plenty)"),
        (
            "match = {tag = 'TT-{id}', order_by = ['name']}",
            'match.tag: is named but not looked at (add "tag" to order_by)',
        ),
        (
            "match = {name = 'TT-{id}', order_by = ['tag']}",
            'match.name: is named but not looked at (add "name" to order_by)',
        ),
        ("match.skus.MUG = 'MUG'", "match.skus.MUG: has no effect: both names are the same (leave it out)"),
        (
            "match.skus = {TT-MUG = 'MUG', MUG = 'CUP'}",
            "match.skus.TT-MUG: leads to MUG, which is itself translated, and that is not done twice (",
        ),
        (
            "guard = {max_refund = {USD = '500.00'}, max_refunded_per_day = {USD = '100.00'}}",
            "guard.max_refunded_per_day.USD: is less than max_refund: a case of more than 100.00 USD",
        ),
        (
            "restock.exclude_skus = ['MUG']",
            "restock.exclude_skus: has no effect: nothing is restocked while auto_restock is false (",
        ),
        (
            "restock.exclude_reasons = ['DAMAGED']",
            "restock.exclude_reasons: has no effect: nothing is restocked while auto_restock is false (",
        ),
        (
            "sync.auto_restock = true\nrestock.exclude_skus = ['TT-MUG']\nmatch.skus.TT-MUG = 'MUG'",
            "restock.exclude_skus: has TikTok's SKU TT-MUG, and means those of Shopify (write MUG)",
        ),
        (
            "alerts.summary_at = '08:00'",
            "alerts.summary_at: has no effect: there is nobody to send it to (set urls in [alerts])",
        ),
    ],
)
def test_warnings(good: Good, shop: str, line: str, warning: str) -> None:
    """What has no effect, or a poll that is too eager, is told with its line."""
    loaded = good(f"{line}\n{shop}")
    (told,) = loaded.warnings
    assert re.sub(r":[0-9]+: ", ": ", told, count=1).startswith(f"{loaded.path}: {warning}")
    assert "canary" not in str(loaded.warnings)


def test_a_warning_for_one_shop(good: Good, shop: str) -> None:
    """A key that only a shop sets is told with that shop's line."""
    loaded = good(f"{shop}[shops.us.match]\nmetafield = 'a.bc'\n")
    assert [text.split(": ")[:2] for text in loaded.warnings] == [
        [f"{loaded.path}:9", "shops.us.match.metafield"]
    ]


def test_a_warning_from_the_environment(good: Good, shop: str) -> None:
    """A variable is told by its name."""
    warnings = good(shop, {"SYNCD__SYNC__POLL_INTERVAL": "29s"}).warnings
    assert warnings == ("environment SYNCD__SYNC__POLL_INTERVAL: is very short (5m is plenty)",)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sync.cancellations = true",
        "match.order_by = ['tag', 'name']",
        "match.order_by = ['window']",
        "match = {order_by = ['tag', 'metafield'], metafield = 'a.bc'}",
        "store.keep = '30d'",
        "metrics.listen = '127.0.0.1:9464'",
        "metrics.listen = '[::1]:9464'",
        "metrics.listen = 'localhost:9464'",
        "metrics = {listen = '0.0.0.0:9464', allow_remote = true}",
        "metrics.textfile = '/run/x.prom'",
        "alerts.urls = []",
        "sync.poll_interval = '30s'",
        "guard.max_refunds_per_day = 5",
        "guard = {max_refund = {USD = '100.00'}, max_refunded_per_day = {USD = '100.00', EUR = '1.00'}}",
        "match.skus = {TT-MUG = 'MUG', TT-CUP = 'MUG'}",
        "sync.auto_restock = true\nrestock.exclude_skus = ['MUG']\nmatch.skus.TT-MUG = 'MUG'",
        "match.tag = 'TT-{id}'",
        "alerts = {summary_at = '08:00', urls = ['json://host']}",
        "guard.max_refunded_per_day.USD = '1.00'",
    ],
)
def test_no_warning(good: Good, shop: str, line: str) -> None:
    """What is as it would be anyway draws no warning."""
    assert good(f"{line}\n{shop}").warnings == ()
