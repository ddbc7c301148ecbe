"""The report as one file for a browser."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

from syncd import cli
from syncd.errors import NotReached
from syncd.model.cases import CaseLine
from syncd.report.html import page
from syncd.report.rows import CaseRow, Reconciliation, Result
from syncd.report.templates import COMMANDS, commands
from tests.report.examples import row, usd

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
EVIL = "<script>alert('\"1\"')</script>&"


def of(*rows: CaseRow, **more: object) -> Reconciliation:
    made = Reconciliation("us", NOW - timedelta(days=30), NOW, rows)
    return replace(made, **more)  # type: ignore[arg-type] # as that takes them


class Reader(HTMLParser):
    """Notes the text, and which tags were not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        assert not {name for name, _ in attrs} & {"style", "onclick", "src", "href"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def test_what_agrees_is_said_first() -> None:
    """In the title, too, so that the tab of the browser says it."""
    text = page([of(row("10.00", "10.00"))], NOW)
    assert "<title>Everything agrees: TikTok against Shopify</title>" in text
    assert "Everything agrees: 1 case Sums" in Reader(text).text


def test_an_empty_period_says_so() -> None:
    """No empty tables or charts."""
    found = Reader(page([of()], NOW))
    assert "TikTok paid nothing back in this time" in found.text
    assert "table" not in found.tags


def test_each_difference_says_what_it_is_and_what_to_type() -> None:
    """The command is set as one."""
    missing = row("10.00", None, Result.MISSING, detail="TikTok 10.00 USD")
    text = page([of(missing, row("1.00", "1.00"))], NOW)
    assert "1 of 2 cases differ" in Reader(text).text
    assert "Missing in Shopify : TikTok 10.00 USD" in Reader(text).text
    assert f'<code class="command">syncd retry {missing.name}</code>' in text


def test_what_could_not_be_read_proves_nothing() -> None:
    """With the error and what to do."""
    error = NotReached("no answer", api="shopify", operation="ReadBooks", hint="look at the network")
    found = Reader(page([of(errors=(error,))], NOW)).text
    assert "Not read to the end, so nothing is proven" in found
    assert "look at the network" in found


def test_sums_results_reasons_skus_and_waiting_units_are_told() -> None:
    """The part that TikTok had paid of the price stands apart."""
    one = row(
        "10.00",
        "10.00",
        reason="Damaged",
        discounts={"product_platform_discount": usd("3.00")},
        lines=(CaseLine("1", "1", "MUG", usd("10.00")),),
    )
    found = Reader(page([of(replace(one, restock_waiting=True))], NOW)).text
    assert "USD 1 10.00 USD 0.00 USD 10.00 USD 0.00 USD 3.00 USD" in found
    assert "Damaged 1 10.00 USD 10.00 USD" in found
    assert "MUG 1 10.00 USD" in found
    assert "1 case: syncd list --restock waiting --shop us" in found


def test_there_are_four_charts_with_their_figures() -> None:
    """Each unfolds into a table."""
    text = page([of(row("10.00", "10.00"), held_by_day=[(date(2026, 11, 1), 2)])], NOW)
    assert text.count("<figure>") == text.count("</svg>") == 4
    assert text.count("Figures<span") == 4


def test_nothing_from_outside_becomes_markup() -> None:
    """Not in tables, and not in pictures."""
    evil = row(
        "10.00",
        None,
        Result.MISSING,
        reason=EVIL,
        detail=EVIL,
        lines=(CaseLine("1", "1", EVIL, usd("10.00")),),
    )
    text = page([of(replace(evil, shopify_order_name=EVIL))], NOW)
    found = Reader(text)
    assert "script" not in found.tags
    assert found.text.count("alert('\"1\"')") >= 4
    assert found.open == []


def test_every_tag_is_closed_and_nothing_is_fetched() -> None:
    """One file, whole in itself."""
    rows = [row("10.00", "10.00", result) for result in Result]
    text = page([of(*rows, held_by_day=[(date(2026, 11, 1), 2)]), of()], NOW)
    assert Reader(text).open == []
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_commands_are_found_in_sentences() -> None:
    """Whole, and without what follows them."""
    said = 'Look, then: syncd dismiss us:1 --reason "settled by hand"; if not: syncd retry us:1'
    assert [part for part, typed in commands(said) if typed] == [
        'syncd dismiss us:1 --reason "settled by hand"',
        "syncd retry us:1",
    ]
    assert "".join(part for part, _ in commands(said)) == said
    named = "journalctl -u syncd tells why; syncd looks at it again"
    assert [part for part, typed in commands(named) if typed] == []


def test_every_command_is_known_as_one() -> None:
    """A new one would be set as prose."""
    assert set(COMMANDS) == set(cli.COMMANDS)
