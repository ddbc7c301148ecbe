"""A stand-in shop without orders, and the stage of the demo."""

from pathlib import Path

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.demo.cast import assemble
from syncd.sandbox.demo.programs import Daemon, Staff
from syncd.sandbox.demo.script import Scene
from syncd.sandbox.demo.stage import Glance, Stage
from syncd.sandbox.demo.story import SCRIPTS
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify import ShopifyStandIn


@pytest.fixture
def shop(clock: HandClock) -> ShopifyStandIn:
    return ShopifyStandIn(clock, static_token="token")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """The end of the demo's story at TikTok, of which no daemon has seen anything."""
    pair, config = Pair(), tmp_path / "syncd.toml"
    tales = assemble(pair, SCRIPTS)
    for scene in Scene:
        for tale in tales:
            tale.step(pair, scene)
    return Stage(
        tmp_path, pair, Daemon(config, tmp_path / "log"), Staff(config), Glance(tmp_path / "db"), tales
    )
