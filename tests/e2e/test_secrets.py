"""No secret is ever seen: whatever goes wrong, nothing that the program says or keeps holds one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from syncd.cli import cli
from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Reply, Request, json_reply
from syncd.sandbox.pair import Pair
from syncd.sandbox.tiktok.world import SandboxReturn
from tests.canary import PROXY, STATIC_TOKEN, assert_not_kept, assert_unseen, planted, seen
from tests.own_logging import own_logging

Said = list[str]


@pytest.fixture(autouse=True)
def logging_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands run in this process, and each sets it up anew; tracebacks are shown."""
    monkeypatch.setenv("SYNCD_DEBUG", "1")
    with own_logging():
        yield


def paid_back(pair: Pair) -> SandboxReturn:
    """A case that is to be paid back."""
    sold = pair.sell({"A": "20.00"})
    return pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)


@pytest.fixture
def say(here: Any, hand_pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Run a cycle, then all commands that tell of it; everything that they said, the cycle's first.

    In the time of the stand-ins, so that no pause is waited for.
    """
    for command in ("once", "plan", "status"):
        monkeypatch.setattr(f"syncd.cli.{command}.SystemClock", lambda: here.clock)
    case = paid_back(hand_pair)
    hand_pair.clock.advance(60)  # type: ignore[attr-defined]  # it is a HandClock
    for table, keys in planted(hand_pair).items():
        here.set(table, **keys)

    def say(first: str = "once") -> Said:
        told = ("plan", "plan --json", "status", "status --json", "list", "list --json")
        story = (f"show {case.return_id}", f"show {case.return_id} --json")
        return [_said(here, *line.split()) for line in (first, *told, *story)]

    return say


def _said(syncd: Any, *arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments, "-c", str(syncd.configure())])
    return f"$ syncd {' '.join(arguments)}: {result.exit_code}\n{result.stdout}{result.stderr}"


def assert_no_secret(syncd: Any, said: Said, expected: str) -> None:
    """The cycle told of what was provoked, and no secret was said or kept."""
    assert expected in said[0]
    assert_unseen(*said)
    assert_not_kept(syncd.store)


def echo(pair: Pair, operation: str, answer: Callable[[str], Reply]) -> list[str]:
    """Have requests of that name answered with their own address, headers and content; these so far."""
    quoted: list[str] = []
    for server in (pair.tiktok_server, pair.shopify_server):
        faults = server.front.faults

        def hook(name: str, request: Request, faults: Any = faults) -> None:
            if operation in (name, "*"):
                text = f"{dict(request.query)} {dict(request.headers)} {request.body.decode()}"
                quoted.append(text)
                faults.add(Fault(FaultKind.REPLY, name, reply=answer(text)))

        faults.before.append(hook)
    return quoted


def of_tiktok(text: str) -> Reply:
    return json_reply({"code": 36009999, "message": text, "request_id": "r1"})


def of_shopify(text: str) -> Reply:
    return json_reply({"errors": [{"message": text, "extensions": {"code": text[:9]}}]})


def of_both(text: str) -> Reply:
    """A gateway that quotes what it got."""
    return json_reply({"code": 5, "message": text, "errors": text, "error": text}, 503)


def refusal(text: str) -> Reply:
    """Shopify refuses a refund, and says why at length."""
    field = {"refund": None, "order": None, "userErrors": [{"field": None, "message": text}]}
    return json_reply({"data": {"refundCreate": field}})


def test_all_is_well(here: Any, say: Callable[..., Said]) -> None:
    """Logins are traded, a refund is written, and every exchange is logged."""
    assert_no_secret(here, say(), "write_step")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("shops.us.tiktok.app_secret", "canary-wrong-app-secret", "CredentialsRefused"),
        ("shops.us.tiktok.refresh_token", "canary-wrong-refresh-token", "CredentialsRefused"),
        ("shops.us.shopify.client_secret", "canary-wrong-client-secret", "CredentialsRefused"),
        ("network.proxy", PROXY, "NotReached"),
    ],
)
def test_wrong_secrets(here: Any, say: Callable[..., Said], key: str, value: str, expected: str) -> None:
    """What is refused is not shown."""
    table, _, name = key.rpartition(".")
    here.set(table, **{name: value})
    assert_no_secret(here, say(), expected)


def test_a_wrong_static_token(here: Any, say: Callable[..., Said]) -> None:
    """One that Shopify does not know."""
    here.set("shops.us.shopify", client_id="", client_secret="", access_token=STATIC_TOKEN)
    assert_no_secret(here, say(), "CredentialsRefused")


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("*", of_both),
        ("token/refresh", of_tiktok),
        ("returns/search", of_tiktok),
        ("orders", of_tiktok),
        ("returns/search", of_both),
        ("token", of_both),
        ("orders", of_both),
        ("order", of_shopify),
        ("refundCreate", of_shopify),
        ("refundCreate", of_both),
        ("refundCreate", refusal),
    ],
)
def test_answers_that_quote_the_request(
    here: Any, hand_pair: Pair, say: Callable[..., Said], operation: str, answer: Callable[[str], Reply]
) -> None:
    """An API, or a proxy before it, that answers with our own headers brings none of them to light."""
    quoted = echo(hand_pair, operation, answer)
    assert_no_secret(here, say(), "api_call")
    assert any(map(seen, quoted))


def test_a_fault_of_the_program(
    here: Any, hand_pair: Pair, say: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected error that has a token in its text: in the log, and in the case that is held."""

    def fail(*_: object) -> None:
        token = next(iter(hand_pair.shopify.tokens._grants))
        raise ValueError(f"unexpected {token} {hand_pair.tiktok.app_secret}")

    monkeypatch.setattr("syncd.sync.work.decide", fail)
    said = say()
    assert_no_secret(here, said, "case_broken")
    assert "ValueError: unexpected *** ***" in said[-1]


def test_a_crash(
    here: Any, hand_pair: Pair, say: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the program with its traceback, in which no secret stands."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"unexpected {hand_pair.tiktok.app_secret} canary-heartbeat-key")

    monkeypatch.setattr("syncd.sync.cycle.ShopCycle.run", fail)
    said = say()
    assert_no_secret(here, said, "ValueError: unexpected *** ***")
    assert "Traceback" in said[0]


def test_the_daemon(syncd: Any, pair: Pair) -> None:
    """A whole life at `debug`, with its figures: a gateway quotes requests, then it works, then the end."""
    for table, keys in planted(pair).items():
        syncd.set(table, **keys)
    syncd.set("sync", poll_interval="1s")
    syncd.set("metrics", listen="127.0.0.1:0", textfile=str(syncd.folder / "metrics.prom"))
    case = paid_back(pair)
    quoted = echo(pair, "returns/search", of_tiktok)
    with syncd.running() as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if json.loads(line)["event"] == "metrics_served":
                address = f"http://127.0.0.1:{json.loads(line)['port']}"
            if json.loads(line)["event"] == "cycle_failed":
                shown = [httpx.get(f"{address}{page}").text for page in ("/metrics", "/healthz", "/readyz")]
                pair.tiktok_server.front.faults.before.clear()
            if json.loads(line).get("state") == "synced":
                break
        shown += [httpx.get(f"{address}/metrics").text, (syncd.folder / "metrics.prom").read_text()]
        process.terminate()
        rest, err = process.communicate(timeout=20)
    assert_unseen("".join(lines) + rest, err, *shown)
    assert all("syncd_" in text for text in (shown[0], *shown[3:]))
    assert_not_kept(syncd.store)
    assert {case.return_id: "synced"} == syncd.states()
    assert any(map(seen, quoted))


def test_secrets_would_be_seen() -> None:
    """The test tells a secret when there is one."""
    assert seen("a shpat_1 b") == ["shpat_: …a shpat_1 b…"]
    with pytest.raises(AssertionError, match="canary-"):
        assert_unseen("fine", "x canary-static-token")
