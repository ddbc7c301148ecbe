"""The status page over real HTTP: what it shows, what it refuses, and that it only reads."""

import asyncio
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from syncd.model.cases import ReturnStatus
from syncd.redaction import REDACTOR
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.service.decisions import Command
from tests.service.metrics.watched import Answer, Watched, watching
from tests.sync.world import World, rule

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, answering."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world


@pytest.fixture
def watched(world: World) -> Iterator[Watched]:
    """The same, watched."""
    with watching(world) as watched:
        yield watched


def held(world: World) -> SandboxReturn:
    """A case whose payment may be somebody's real money."""
    return world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False))


def words(answer: Answer) -> str:
    """What a reader sees."""
    body = re.sub(r"<(style|head)>.*?</\1>", "", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


async def test_the_first_page_says_how_each_shop_stands(watched: Watched) -> None:
    """What is held and why, with what to type, and what has changed last."""
    case, done = held(watched.world), watched.world.refund()
    await watched.cycle()
    answer = watched.get("/")
    said = words(answer)
    assert answer.status == 200
    assert "us warning" in said
    assert "1 held: syncd list --state held" in said
    assert "real_gateway 1 20.00 USD The order was paid through a gateway that may be real" in said
    assert 'syncd dismiss us:CASE --reason "settled by hand"' in said
    assert f"us:{case.id}" in said
    assert f"us:{done.id}" in said
    assert "<title>warning: syncd</title>" in answer.text


async def test_a_shop_without_cases_has_a_page(watched: Watched) -> None:
    """Nothing is held, and nothing was ever changed."""
    await watched.cycle()
    said = words(watched.get("/"))
    assert "us fine" in said
    assert "Changed last" not in said
    assert "none of that sort" in words(watched.get("/cases"))
    assert "TikTok has paid nothing back in these days" in words(watched.get("/charts"))


async def test_the_story_of_a_case_has_every_request(watched: Watched) -> None:
    """As `syncd show` tells it, with where the order is in the admin."""
    case = watched.world.refund()
    await watched.cycle()
    said = words(watched.get(f"/case?name=us:{case.id}"))
    assert f"us:{case.id} synced" in said
    assert "sends: create refund of 20.00 USD, with the idempotency key" in said
    assert re.search(r"has done it: create refund, gid://shopify/Refund/\d+; request [0-9a-f-]{36}", said)
    assert "https://acme.myshopify.com/admin/orders/" in said
    assert f"syncd show us:{case.id} --json" in said


async def test_a_case_is_found_by_any_of_its_names(watched: Watched) -> None:
    """Its id alone, and its orders' names."""
    case = watched.world.refund()
    await watched.cycle()
    order = watched.world.agreed[case.id][1].shopify
    for name in (case.id, case.order.order_id, order.name, order.id):
        assert watched.get(f"/case?name={quote(name)}").status == 200
        assert f"us:{case.id}" in words(watched.get(f"/cases?name={quote(name)}"))


async def test_cases_are_filtered(watched: Watched) -> None:
    """By each field of the form, which keeps what was chosen."""
    case, done = held(watched.world), watched.world.refund()
    await watched.cycle()
    for query in ("state=held", "reason=real_gateway", "shop=us&state=held&kind=return&restock=none"):
        said = words(watched.get(f"/cases?{query}"))
        assert f"us:{case.id}" in said
        assert f"us:{done.id}" not in said
    assert "<option selected>held</option>" in watched.get("/cases?state=held").text
    assert "none of that sort" in words(watched.get("/cases?state=dismissed"))


async def test_many_cases_are_told_a_page_at_a_time(watched: Watched) -> None:
    """Each case once, the latest change first, and there is a way back."""
    cases = [watched.world.refund() for _ in range(45)]
    await watched.cycle()
    first, second = watched.get("/cases?state=synced"), watched.get("/cases?state=synced&page=2")
    link = re.search(r'href="/cases\?([^"]+)">Earlier', first.text)
    assert link
    assert html.unescape(link[1]) == "state=synced&page=2"
    assert "Later changes" in words(second)
    assert "Earlier changes" not in words(second)
    shown = [set(re.findall(r"us:\d+", words(page))) for page in (first, second)]
    assert [len(page) for page in shown] == [40, 5]
    assert shown[0] | shown[1] == {f"us:{case.id}" for case in cases}


async def test_charts_tell_the_last_days(watched: Watched) -> None:
    """Of what was paid back, why, how long it took, and what was held."""
    held(watched.world)
    watched.world.refund()
    watched.world.clock.advance(120)
    await watched.cycle()
    watched.world.clock.advance(1)
    answer = watched.get("/charts")
    said = words(answer)
    assert answer.text.count("</svg>") == 4
    assert "Refunds by day, USD TikTok Shopify" in said
    assert "Nov 02 40 20" in said
    assert "No longer needed 40" in said
    assert "5 min 1" in said
    assert "Held cases by day" in said


async def test_what_is_long_ago_is_not_in_the_charts(watched: Watched) -> None:
    """Thirty days are shown."""
    watched.world.refund()
    await watched.cycle()
    watched.world.clock.advance(timedelta(days=31).total_seconds())
    assert "TikTok has paid nothing back in these days" in words(watched.get("/charts"))


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/case", 404, "No name names none"),
        ("/case?name=us:1", 404, "us:1 names none"),
        ("/cases?state=odd", 400, "There is no state odd."),
        ("/cases?reason=odd", 400, "There is no reason odd."),
        ("/cases?shop=uk", 400, "There is no shop uk."),
        ("/cases?page=0", 400, "page is a number up to 25."),
        ("/cases?page=26", 400, "page is a number up to 25."),
        ("/cases?page=x", 400, "page is a number up to 25."),
        ("/cases?page=%D9%A3", 400, "page is a number up to 25."),
        (f"/cases?name={'x' * 101}", 400, "What name asks for is no name of anything."),
        ("/cases?name=a%00b", 400, "What name asks for is no name of anything."),
        ("/cases?name=%FF", 400, "The address cannot be read."),
        ("/cases?" + "&".join(f"f{n}=1" for n in range(11)), 400, "The address cannot be read."),
        (f"/case?name={quote(EVIL)}", 404, "alert(1)"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    watched: Watched, path: str, status: int, said: str
) -> None:
    """With a way back, and without becoming markup."""
    await watched.cycle()
    answer = watched.get(path)
    assert answer.status == status
    assert said in words(answer)
    assert "To the shops" in words(answer)
    assert "<script" not in answer.text


async def test_nothing_from_outside_becomes_markup(watched: Watched) -> None:
    """TikTok's texts, SKUs and what people typed."""
    case = held(watched.world)
    watched.world.pair.tiktok.advance(case, reason_text=EVIL)
    await watched.cycle()
    rule(watched.world, Command.DISMISS, EVIL)
    pages = [watched.get(path) for path in ("/", "/cases", f"/case?name=us:{case.id}", "/charts")]
    assert [page.status for page in pages] == [200] * 4
    assert all("<script" not in page.text for page in pages)
    assert "alert(1)" in words(pages[2])


async def test_a_browser_is_told_to_trust_nothing_else(watched: Watched) -> None:
    """No script, no frame, nothing from elsewhere, no trace left elsewhere; and nothing is kept."""
    await watched.cycle()
    for path in ("/", "/cases", "/charts", "/case?name=1", "/style.css"):
        answer = watched.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; ")
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "http-equiv" not in answer.text


async def test_it_only_reads(watched: Watched) -> None:
    """Neither by its methods nor by looking."""
    watched.world.refund()
    await watched.cycle()
    before = (watched.world.folder / "syncd.db").read_bytes()
    for method in ("POST", "PUT", "DELETE"):
        assert watched.get("/cases", method=method).status == 405
    for path in ("/", "/cases", "/charts"):
        watched.get(path)
    assert (watched.world.folder / "syncd.db").read_bytes() == before


def test_a_store_that_cannot_be_read_is_said(watched: Watched) -> None:
    """Before the first start, and when it is damaged."""
    answer = watched.get("/")
    assert answer.status == 503
    assert "there is no store yet" in words(answer)
    (watched.world.folder / "syncd.db").write_bytes(b"no database at all" * 100)
    assert watched.get("/cases").status == 503


def test_other_machines_never_see_it(world: World) -> None:
    """Where figures may be read by them, there is no page at all."""
    with watching(world, listen="0.0.0.0:0", allow_remote=True) as watched:
        assert watched.get("/metrics").status == 200
        assert watched.get("/").status == 403
        assert watched.get("/cases").status == 404
        assert watched.get("/case?name=1").status == 404


def test_no_secret_is_shown(world: World) -> None:
    """Not those of the settings, and not one that got into a text."""
    secret = "made-up-client-secret-0001"
    REDACTOR.learn(secret, '<"odd" & secret>')
    case = held(world)
    world.pair.tiktok.advance(case, reason_text=f'it is {secret} or <"odd" & secret>')
    with watching(world) as watched:
        asyncio.run(watched.cycle())
        for path in ("/", "/cases", "/charts", f"/case?name=us:{case.id}"):
            answer = watched.get(path)
            assert answer.status == 200
            assert secret not in answer.text
            assert "odd" not in answer.text
            assert world.pair.tiktok.app_secret not in answer.text


async def test_shops_that_are_switched_off_say_so(world: World) -> None:
    """They are neither good nor bad."""
    world.tables["sync"] = {"enabled": False}
    with watching(world) as watched:
        await watched.cycle()
        assert "us fine" in words(watched.get("/"))
        assert "disabled" in words(watched.get("/"))


async def test_returns_on_their_way_are_listed_with_their_state(watched: Watched) -> None:
    """The word of syncd beside that of TikTok."""
    case = watched.world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
    await watched.cycle()
    said = words(watched.get("/cases"))
    assert f"us:{case.id} RETURN_AND_REFUND BUYER_SHIPPED_ITEM" in said
    assert "tracking" in said
