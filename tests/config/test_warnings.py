"""What is fine, and still told."""

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
    ],
)
def test_warnings(good: Good, shop: str, line: str, warning: str) -> None:
    """What has no effect, or a poll that is too eager, is told with its line."""
    loaded = good(f"{line}\n{shop}")
    assert loaded.warnings[0].startswith(f"{loaded.path}:1: {warning}")
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
        "guard.max_refunded_per_day.USD = '1.00'",
    ],
)
def test_no_warning(good: Good, shop: str, line: str) -> None:
    """What is as it would be anyway draws no warning."""
    assert good(f"{line}\n{shop}").warnings == ()
