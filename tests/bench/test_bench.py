"""The benchmarks themselves: what they count is right, and they say whether a figure is reached."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import main
from tests.bench.backlog import script
from tests.bench.fair import joined
from tests.bench.figures import Benchmark, Row, Target, percentile, rows, sized
from tests.bench.program import SYNCD, once, ran
from tests.bench.serving import served
from tests.bench.settled import settle
from tests.bench.shops import Spec
from tests.bench.start import seconds_to_ready

FASTER = Target("times faster", 6, at_least=True)


def bench(tmp_path: Path, *arguments: str) -> tuple[int, Any]:
    """Run benchmarks once, a hundredth of their size: the exit code and the JSON."""
    file = tmp_path / "figures.json"
    code = main([*arguments, "--runs", "1", "--scale", "0.01", "--json", str(file)])
    return code, json.loads(file.read_text())


def test_median_has_the_verdict() -> None:
    """One bad run of three is no miss, two are."""
    assert Row("times faster", (7.0, 2.0, 6.0), FASTER).met is True
    assert Row("times faster", (7.0, 2.0, 5.9), FASTER).met is False
    assert Row("points", (70.0,), Target("points", 70)).met is True
    assert Row("points", (70.1,), Target("points", 70)).met is False


def test_without_target_no_verdict() -> None:
    """A figure that explains another one is neither reached nor missed."""
    assert Row("milliseconds", (3.0,)).met is None


def test_targets_come_first() -> None:
    """In a table, whatever the order of measuring; each row has the values of all runs."""
    benchmark = Benchmark("one", "", (FASTER,), lambda _scale: {})
    found = rows(
        benchmark, [{"milliseconds": 3.0, "times faster": 6.0}, {"milliseconds": 4.0, "times faster": 8.0}]
    )
    assert [(row.name, row.values) for row in found] == [
        ("times faster", (6.0, 8.0)),
        ("milliseconds", (3.0, 4.0)),
    ]


def test_missing_figure_is_an_error() -> None:
    """A target that was not measured is not passed over."""
    with pytest.raises(KeyError, match="times faster"):
        rows(Benchmark("one", "", (FASTER,), lambda _scale: {}), [{"milliseconds": 3.0}])


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 10), (0.95, 19), (0.951, 20), (1.0, 20)])
def test_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    """The nearest rank, counted from below."""
    assert percentile(list(range(20, 0, -1)), share) == expected


def test_size_is_never_nothing() -> None:
    """A small part of a small benchmark still has a case."""
    assert (sized(2000, 0.01), sized(100, 0.001), sized(100, 0.001, 2)) == (20, 1, 2)


def test_backlog_says_a_ratio_and_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ratio is that of the two times beside it, and the exit code tells whether all is reached."""
    code, found = bench(tmp_path, "backlog")
    figures = {one["figure"]: one for one in found["backlog"]["figures"]}
    ratio = figures["times faster than the script, syncd once"]
    times = [figures[name]["median"] for name in ("script: ms a refund", "once: ms a refund")]
    assert ratio["median"] == pytest.approx(times[0] / times[1])
    assert (ratio["to_reach"], ratio["reached"]) == (">= 6", ratio["median"] >= 6)
    assert code == int(any(one.get("reached") is False for one in figures.values()))
    assert times[0] > 150  # three requests of 50 ms each, one after another
    assert "times faster" in capsys.readouterr().out


def test_points_are_those_of_the_documents() -> None:
    """What is counted for a refund is what it asked for: 20 at least, and 10 for its claim."""
    with served(Spec(waiting=3)) as shops:
        said = once(shops.folder / "lost.toml")[1]["us"]
        counts = shops.ask("counts")
    assert (said["written"], counts["shopify"]["CreateRefund"], counts["throttled"]) == (3, 3, 0)
    assert counts["requested"]["SetClaim"] == 30
    assert counts["requested"]["CreateRefund"] >= 60
    assert 0 < counts["actual"] <= sum(counts["requested"].values())


def test_bucket_can_be_empty_at_the_start() -> None:
    """What is refused then is counted: the script does not wait for points."""
    with served(Spec(others=1, restore_rate=1.0, bucket=1000.0)) as shops:
        shops.ask("empty")
        shops.ask("reset")
        with pytest.raises(SystemExit, match="Throttled"):
            script(shops)
        assert shops.ask("counts")["throttled"] == 1


def test_loop_sends_what_syncd_sent(tmp_path: Path) -> None:
    """Each recorded request is answered again; syncd does more with it than to send it."""
    _code, found = bench(tmp_path, "cpu")
    figures = {one["figure"]: one["median"] for one in found["cpu"]["figures"]}
    assert figures["requests a case"] >= 3
    assert figures["syncd: processor ms a case"] > figures["loop: processor ms a case"] > 0


def test_settled_store_is_whole() -> None:
    """The store of copies passes every look of `syncd db check`, and a cycle finds nothing to do in it."""
    with served(Spec(waiting=1, age=7200)) as shops:
        config = settle(shops, 50)
        ran(*SYNCD, "db", "check", "-c", str(config))
        shops.ask("reset")
        said = once(config)[1]["us"]
        counts = shops.ask("counts")
        listed = json.loads(ran(*SYNCD, "list", "--json", "-c", str(config)).out)
    assert {one["state"] for one in listed} == {"synced"}
    assert len({one["case_id"] for one in listed}) == 50
    assert (said["polled"], counts["tiktok"], counts["shopify"]) == (0, {"returns/search": 1}, {})


def test_many_shops_have_one_config() -> None:
    """Each with a login of its own, beside a shop with a backlog and a dead one; the daemon starts on it."""
    with served(Spec(shops=("one", "two"))) as others, served(Spec(shops=("big",), waiting=1)) as big:
        config = joined(others, big, "http://127.0.0.1:9")
        shown = ran(*SYNCD, "config", "show", "-c", str(config)).out
        assert 0 < seconds_to_ready(config) < 30
    assert all(f"shops.{name}.shopify" in shown for name in ("one", "two", "big", "dead"))


def test_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are."""
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "no such benchmark: nothing" in capsys.readouterr().err
