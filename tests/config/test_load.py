"""Loading: every problem with its line, all at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.config import Loaded, load
from syncd.errors import ConfigError

Bad = Callable[..., tuple[str, ...]]
Good = Callable[..., Loaded]
Write = Callable[[str], Path]

# One wrong line (text, its key, a piece of the sentence) in a file that is fine otherwise.
GLOBAL = [
    ("[synk]", "synk", "did you mean sync?"),
    ("whatever = 1", "whatever", "known here: sync, restock"),
    ("sync = 3", "sync", "must be a table"),
    ("[[sync]]", "sync", "must be a table"),
    ("shops = 3", "shops", "must be a table"),
    ('sync.enabled = "true"', "sync.enabled", "must be true or false"),
    ("sync.enabled = 1", "sync.enabled", "must be true or false"),
    ('sync.enabled = "yes"', "sync.enabled", "must be true or false"),
    ("sync.enable = true", "sync.enable", "did you mean enabled?"),
    ("sync.Enabled = true", "sync.Enabled", "did you mean enabled?"),
    ("sync.dry_run = true", "sync.dry_run", "did you mean guard.dry_run?"),
    ("sync.domain = 'x'", "sync.domain", "did you mean shops.NAME.shopify.domain?"),
    ('sync."odd key" = 1', 'sync."odd key"', "unknown key (known here: enabled"),
    ("sync.start_from = 2026-11-01T00:00:00", "sync.start_from", "from where on earth"),
    ("sync.start_from = 2026-11-01", "sync.start_from", "must be a date and time"),
    ('sync.start_from = "2026-11-01T00:00:00Z"', "sync.start_from", "without quotes"),
    ("sync.start_from = 1793491200", "sync.start_from", "must be a date and time"),
    ("sync.start_from = 0001-01-01T00:00:00+14:00", "sync.start_from", "is not a sensible time"),
    ("sync.start_from = 9999-12-31T23:59:59-14:00", "sync.start_from", "is not a sensible time"),
    ("sync.poll_interval = 300", "sync.poll_interval", "must be a duration"),
    ('sync.poll_interval = "300"', "sync.poll_interval", 'such as "90s" or "5m"'),
    ('sync.poll_interval = "5 m"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "1h30m"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "-5m"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "1.5h"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "٣m"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = ""', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "0s"', "sync.poll_interval", "must be at least 1 second"),
    ('sync.poll_interval = "2d"', "sync.poll_interval", "must be at most 1 day"),
    ('sync.poll_interval = "9999999999d"', "sync.poll_interval", "is not a duration"),
    ('sync.poll_interval = "999999999d"', "sync.poll_interval", "must be at most 1 day"),
    ("sync.import_returns = 0", "sync.import_returns", "must be true or false"),
    ("sync.enabled = true", "sync.start_from", "is required once enabled = true"),
    ("restock.location = 3", "restock.location", "must be a text"),
    ('restock.location = " Main"', "restock.location", "begins or ends with a blank"),
    ('restock.location = "Ma\\u200bin"', "restock.location", "invisible character"),
    ('restock.exclude_skus = "A"', "restock.exclude_skus", "must be a list"),
    ("restock.exclude_skus = [1]", "restock.exclude_skus[0]", "must be a text"),
    ('restock.exclude_reasons = ["a", "b "]', "restock.exclude_reasons[1]", "ends with a blank"),
    ("guard.max_refunds_per_cycle = 0", "guard.max_refunds_per_cycle", "must be at least 1"),
    ("guard.max_refunds_per_cycle = 10.0", "guard.max_refunds_per_cycle", "must be a whole number"),
    ('guard.max_refunds_per_cycle = "10"', "guard.max_refunds_per_cycle", "must be a whole number"),
    ("guard.max_refunds_per_cycle = true", "guard.max_refunds_per_cycle", "must be a whole number"),
    ("guard.max_refunds_per_cycle = nan", "guard.max_refunds_per_cycle", "must be a whole number"),
    ("guard.max_refunds_per_cycle = inf", "guard.max_refunds_per_cycle", "must be a whole number"),
    ("guard.max_refunds_per_day = 99999999999999999999", "guard.max_refunds_per_day", "must be at most"),
    ('guard.settle = "0s"', "guard.settle", "must be at least 1 second"),
    ('guard.settle = "2h"', "guard.settle", "must be at most 1 hour"),
    ('guard.max_refund = "500.00"', "guard.max_refund", "must be a table"),
    ('guard.max_refund.usd = "500.00"', "guard.max_refund.usd", "is not a currency"),
    ('guard.max_refund.UDS = "500.00"', "guard.max_refund.UDS", "is not a currency"),
    ("guard.max_refund.USD = 500", "guard.max_refund.USD", "must be an amount as text"),
    ("guard.max_refund.USD = 500.0", "guard.max_refund.USD", "must be an amount as text"),
    ('guard.max_refund.USD = "500.001"', "guard.max_refund.USD", "is not an exact amount of USD"),
    ('guard.max_refund.JPY = "500.50"', "guard.max_refund.JPY", "is not an exact amount of JPY"),
    ('guard.max_refund.USD = "1,000"', "guard.max_refund.USD", "is not an exact amount of USD"),
    ('guard.max_refund.USD = "nan"', "guard.max_refund.USD", "is not an exact amount of USD"),
    ('guard.max_refund.USD = "0.00"', "guard.max_refund.USD", "must be more than zero"),
    ('guard.max_refund.USD = "-5.00"', "guard.max_refund.USD", "must be more than zero"),
    ('match.order_by = "tag"', "match.order_by", "must be a list"),
    ("match.order_by = []", "match.order_by", "must not be empty"),
    ('match.order_by = ["tag", "note"]', "match.order_by[1]", "must be 'tag', 'name'"),
    ('match.order_by = ["tag", "tag"]', "match.order_by", "names something twice"),
    ('match.order_by = ["metafield"]', "match.metafield", "is required by order_by"),
    ('match.metafield = "tiktok"', "match.metafield", "not the name of a metafield"),
    ('match.tag = "TikTokOrderID"', "match.tag[0]", "has no {id} in it"),
    ('match.tag = ["{id}", "x"]', "match.tag[1]", "has no {id} in it"),
    ('match.tag = "TT1{id}"', "match.tag[0]", "has a digit beside {id}"),
    ('match.name = ["{id}", "{id}2"]', "match.name[1]", "has a digit beside {id}"),
    ("match.name = []", "match.name", "must not be empty"),
    ("match.name = 3", "match.name", "must be a list"),
    ("match.skus = []", "match.skus", "must be a table"),
    ("match.skus.A = 3", "match.skus.A", "must be a text"),
    ("store.path = ''", "store.path", "must not be empty"),
    ("store.path = 'syncd.db'", "store.path", "not an absolute path"),
    ("store.path = 3", "store.path", "must be a text"),
    ("store.keep = '1h'", "store.keep", "must be at least 1 day"),
    ("logging.level = 'INFO'", "logging.level", "must be 'debug', 'info', 'warning' or 'error'"),
    ("logging.format = 'xml'", "logging.format", "must be 'auto', 'json' or 'text'"),
    ("metrics.listen = '9464'", "metrics.listen", "not a host and a port"),
    ("metrics.listen = 'localhost:99999'", "metrics.listen", "not a host and a port"),
    ("metrics.listen = '::1:9464'", "metrics.listen", "not a host and a port"),
    ("metrics.listen = 'user@127.0.0.1:9464'", "metrics.listen", "not a host and a port"),
    ("metrics.listen = '0.0.0.0:9464'", "metrics.listen", "is open to other machines (name 127.0.0.1 or"),
    ("metrics.listen = '[::]:9464'", "metrics.listen", "set allow_remote = true as well"),
    ("metrics.listen = 'metrics.internal:9464'", "metrics.listen", "is open to other machines"),
    ("metrics.textfile = 'x.prom'", "metrics.textfile", "not an absolute path"),
    ("alerts.urls = 'mailto://x'", "alerts.urls", "must be a list"),
    ("alerts.urls = ['canary']", "alerts.urls[0]", "is not an address for Apprise"),
    ("alerts.summary_at = '8:00'", "alerts.summary_at", "is not a time of day"),
    ("alerts.summary_at = '24:00'", "alerts.summary_at", "is not a time of day"),
    ("alerts.heartbeat_url = 'http://example.com/ping'", "alerts.heartbeat_url", "plain http"),
    ("network.timeout = 30", "network.timeout", "must be a duration"),
    ("network.proxy = 'proxy:3128'", "network.proxy", "is not an address"),
    ("network.proxy = 'socks5://proxy:3128'", "network.proxy", "is not an address"),
    ("network.ca_file = '/nowhere/ca.pem'", "network.ca_file", "there is no such file"),
]

# The same for one key of a shop: table, key, value, a piece of the sentence.
SHOPS = [
    ("tiktok", "app_key", "''", "is required"),
    ("tiktok", "app_key", "6", "must be a text"),
    ("tiktok", "app_secret", "''", "the credential shops.us.tiktok.app_secret"),
    ("tiktok", "app_secret", "3", "must be a text"),
    ("tiktok", "app_secret", "'canary secret'", "a blank or a character"),
    ("tiktok", "app_secret", "'canary-sécret'", "a blank or a character"),
    ("tiktok", "refresh_token", '"canary-token\\n"', "a blank or a character"),
    ("tiktok", "api_base", "''", "is not an address"),
    ("tiktok", "api_base", "'open-api.tiktokglobalshop.com'", "is not an address"),
    ("tiktok", "api_base", "'http://open-api.tiktokglobalshop.com'", "plain http"),
    ("tiktok", "api_base", "'http://127.0.0.1.example.com'", "plain http"),
    ("tiktok", "api_base", "'http://localhost.example.com'", "plain http"),
    ("tiktok", "api_base", "'https://user:canary@example.com'", "a scheme, a host and at most a path"),
    ("tiktok", "api_base", "'https://example.com/?canary=1'", "a scheme, a host and at most a path"),
    ("tiktok", "auth_base", "'ftp://127.0.0.1'", "is not an address"),
    ("tiktok", "auth_base", "'https://[::1'", "is not an address"),
    ("tiktok", "auth_base", "'https://example.com:99999'", "is not an address"),
    ("tiktok", "auth_base", '"https://example\\n.com"', "is not an address"),
    ("tiktok", "app_secrt", "'canary'", "did you mean app_secret?"),
    ("tiktok", "client_id", "'x'", "did you mean shops.us.shopify.client_id?"),
    ("shopify", "domain", "''", "is required"),
    ("shopify", "domain", "'https://acme.myshopify.com'", "is not a host name"),
    ("shopify", "domain", "'acme.myshopify.com/admin'", "is not a host name"),
    ("shopify", "domain", "'shop.acme.com'", "is not a myshopify.com name"),
    ("shopify", "api_base", "'http://acme.myshopify.com'", "plain http"),
    ("shopify", "allowed_gateways", "['shopify_payments']", "real payment provider"),
    (
        "shopify",
        "allowed_gateways",
        "['TikTok Payments', 'PayPal Express Checkout']",
        "real payment provider",
    ),
    ("shopify", "allowed_gateways", "['STRIPE']", "real payment provider"),
    ("shopify", "allowed_gateways", "['Klarna - Pay later']", "real payment provider"),
    ("shopify", "allowed_gateways", "['gift_card']", "real payment provider"),
    ("shopify", "concurrency", "0", "must be at least 1"),
    ("shopify", "concurrency", "8.0", "must be a whole number"),
    ("shopify", "access_token", "3", "must be a text"),
]

SYNTAX = [
    ("\nx = ", "syncd.toml:2: this is no TOML: Invalid value"),
    ("a = 1\nb = 2\nc : 3\n", "syncd.toml:3:3: this is no TOML"),
    ("a = 1\na = 2\n", "syncd.toml:2:6: this is no TOML: Cannot overwrite a value"),
    ("[sync]\n[sync]\n", "syncd.toml:2:6: this is no TOML: Cannot declare"),
    ('a = 1\nb = """open\n\n', "syncd.toml:2: this is no TOML"),
    ("a = yes\n", "syncd.toml:1:5: this is no TOML: Invalid value"),
    (f"a = {'9' * 5000}\n", "syncd.toml: has a number too long or lists too deep to be read"),
    (f"a = {'[' * 5000}\n", "syncd.toml: has a number too long or lists too deep to be read"),
]


def test_the_table_is_long_enough() -> None:
    """At least eighty wrong inputs are known by line, key and sentence."""
    assert len(GLOBAL) + len(SHOPS) + len(SYNTAX) >= 80


@pytest.mark.parametrize(("line", "key", "piece"), GLOBAL)
def test_wrong_line(bad: Bad, shop: str, line: str, key: str, piece: str) -> None:
    """A wrong line is the only problem, told with its line, its key and what to do."""
    tail = "" if line.startswith("shops") else shop
    (problem,) = bad(f"# a file\n\n{line}\n{tail}")
    assert problem.startswith(f"syncd.toml:3: {key}: ")
    assert piece in problem


@pytest.mark.parametrize(("table", "key", "value", "piece"), SHOPS)
def test_wrong_key_of_a_shop(bad: Bad, table: str, key: str, value: str, piece: str) -> None:
    """A wrong key of a shop is the only problem, and no value of it is repeated."""
    tables = {
        "tiktok": {"app_key": "'6abc'", "app_secret": "'s'"},
        "shopify": {"domain": "'acme.myshopify.com'", "access_token": "'t'"},
    }
    tables[table][key] = value
    lines = [line for name in tables for line in [f"[shops.us.{name}]", *_lines(tables[name])]]
    (problem,) = bad("\n".join(lines))
    number = lines.index(f"{key} = {value}") + 1
    assert problem.startswith(f"syncd.toml:{number}: shops.us.{table}.{key}")
    assert piece in problem
    assert "canary" not in problem


def _lines(table: dict[str, str]) -> list[str]:
    return [f"{key} = {value}" for key, value in table.items()]


@pytest.mark.parametrize(("text", "start"), SYNTAX)
def test_no_toml(bad: Bad, text: str, start: str) -> None:
    """A text that is no TOML is told with line and column, where the reader knows them."""
    (problem,) = bad(text)
    assert problem.startswith(start)


def test_all_problems_at_once(bad: Bad) -> None:
    """Wrong values, rules between keys and variables are told in one go, in reading order."""
    text = """\
[sync]
enabled = true
poll_interval = "often"
[guard.max_refund]
UDS = "1.00"
USD = 500
[shops.us.tiktok]
app_key = "6abc"
app_secrt = "canary"
[shops.us.shopify]
domain = "shop.acme.com"
client_id = "id"
"""
    problems = bad(text, {"SYNCD__SYNC__ENABLET": "true", "SYNCD__SYNC__IMPORT_RETURNS": "maybe"})
    assert [problem.split(": ")[:2] for problem in problems] == [
        ["syncd.toml:2", "sync.start_from"],
        ["syncd.toml:3", "sync.poll_interval"],
        ["syncd.toml:5", "guard.max_refund.UDS"],
        ["syncd.toml:6", "guard.max_refund.USD"],
        ["syncd.toml:7", "shops.us.tiktok.app_secret"],
        ["syncd.toml:9", "shops.us.tiktok.app_secrt"],
        ["syncd.toml:10", "shops.us.shopify.client_secret"],
        ["syncd.toml:11", "shops.us.shopify.domain"],
        ["environment SYNCD__SYNC__ENABLET", "there is no such key (did you mean enabled?)"],
        ["environment SYNCD__SYNC__IMPORT_RETURNS", "must be true or false (without quotes)"],
    ]


def test_a_problem_of_a_shared_table_is_told_once(bad: Bad, shop: str) -> None:
    """Each shop takes the shared tables over, but a mistake in one stands in one line only."""
    second = shop.replace("shops.us", "shops.uk").replace("acme", "acme-uk")
    (problem,) = bad(f"sync.enabled = true\n{shop}{second}")
    assert problem.startswith("syncd.toml:1: sync.start_from: is required once enabled = true")


def test_a_missing_start_is_told_where_the_shop_is_enabled(bad: Bad, shop: str) -> None:
    """A shop that enables itself without a start is told with its own line and key."""
    (problem,) = bad(f"{shop}[shops.us.sync]\nenabled = true\n")
    assert problem.startswith("syncd.toml:9: shops.us.sync.start_from: is required")


def test_a_wrong_value_brings_no_second_problem(bad: Bad, shop: str) -> None:
    """A required key whose value is wrong is not told as missing too."""
    (problem,) = bad(f"sync.enabled = true\nsync.start_from = 'x'\n{shop}")
    assert problem.startswith("syncd.toml:2: sync.start_from: must be a date and time")


def test_a_mistake_that_a_shop_overrides_is_still_told(bad: Bad, shop: str) -> None:
    """A wrong shared value is a problem even if no shop uses it."""
    (problem,) = bad(f"sync.poll_interval = 'x'\n{shop}[shops.us.sync]\npoll_interval = '5m'\n")
    assert problem.startswith("syncd.toml:1: sync.poll_interval: is not a duration")


@pytest.mark.parametrize("name", ["US", "eu_west", "-us", "a" * 33, "u.s", "ü"])
def test_wrong_shop_name(bad: Bad, shop: str, name: str) -> None:
    """A shop name that could not be typed everywhere is refused, and nothing else is said of that shop."""
    (problem,) = bad(shop.replace("shops.us.", f'shops."{name}".'))
    assert problem.startswith("syncd.toml:2: shops.")
    assert "is not a shop name" in problem


def test_a_shop_that_is_no_table(bad: Bad, shop: str) -> None:
    """A shop written as a value is refused."""
    (problem,) = bad(f"shops.uk = 3\n{shop.replace('[shops.', '[shops.')}")
    assert problem.startswith("syncd.toml:1: shops.uk: must be a table")


def test_an_override_that_is_no_table(bad: Bad, shop: str) -> None:
    """A shop's own table written as a value is refused."""
    (problem,) = bad(f"shops.us.sync = true\n{shop}")
    assert problem.startswith("syncd.toml:1: shops.us.sync: must be a table")


@pytest.mark.parametrize(
    ("login", "key", "piece"),
    [
        ("", "shops.us.shopify", "needs client_id and client_secret, or an access_token"),
        ("client_id = 'a'", "shops.us.shopify.client_secret", "required beside client_id"),
        ("client_secret = 'a'", "shops.us.shopify.client_id", "required beside client_secret"),
        ("access_token = 'a'\nclient_id = 'b'", "shops.us.shopify.access_token", "stands beside client_id"),
        (
            "access_token = 'a'\nclient_secret = 'b'",
            "shops.us.shopify.access_token",
            "stands beside client_secret",
        ),
    ],
)
def test_login(bad: Bad, shop: str, login: str, key: str, piece: str) -> None:
    """A store needs one way to log in, whole, and not both."""
    (problem,) = bad(shop.replace('access_token = "canary-access-token"', login))
    assert f": {key}: " in problem
    assert piece in problem


@pytest.mark.parametrize("login", ["", "client_id = 'a'", 'access_token = "canary-access-token"'])
def test_no_secret_is_needed_where_no_api_is_called(write: Write, shop: str, login: str) -> None:
    """The people who look and decide may be others than those who keep the secrets."""
    text = shop.replace('access_token = "canary-access-token"', login).replace("app_secret", "refresh_token")
    loaded = load(write(text), {}, None, logins=False)
    assert loaded.settings.shops["us"].tiktok.app_key == "6abc"
    with pytest.raises(ConfigError) as caught:
        loaded.with_logins()
    assert "app_secret: is required" in caught.value.problems[0]


def test_other_mistakes_are_told_also_where_no_api_is_called(write: Write, shop: str) -> None:
    """Only missing secrets are passed over: not what contradicts itself, and no other missing key."""
    text = shop.replace("access_token", "client_secret").replace("app_key", "shop_cipher")
    with pytest.raises(ConfigError) as caught:
        load(write(text), {}, None, logins=False)
    keys = ("shops.us.tiktok.app_key: is required", "shops.us.shopify.client_id: is required")
    assert [key in problem for key, problem in zip(keys, caught.value.problems, strict=True)] == [True, True]


def test_a_wrong_token_is_not_told_as_missing(bad: Bad, shop: str) -> None:
    """When the only login has a wrong value, that is the one problem."""
    (problem,) = bad(shop.replace('"canary-access-token"', "3"))
    assert problem.startswith("syncd.toml:7: shops.us.shopify.access_token: must be a text")


def test_the_same_pair_twice(bad: Bad, shop: str) -> None:
    """Two shops that are the same TikTok Shop and the same store would each write every refund."""
    (problem,) = bad(shop + shop.replace("shops.us", "shops.eu").replace("acme.my", "ACME.my"))
    assert problem.startswith("syncd.toml:9: shops.eu: is the same TikTok Shop and the same store as us")


def test_the_same_store_with_another_tiktok_shop(good: Good, shop: str) -> None:
    """Two TikTok Shops may feed one store."""
    second = shop.replace("shops.us", "shops.eu").replace("app_key", 'shop_cipher = "x"\napp_key')
    assert list(good(shop + second).settings.shops) == ["us", "eu"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[sync]\nenabled = false\n", "[shops]\n"])
def test_no_shop(bad: Bad, text: str) -> None:
    """A config without shops is refused, with the way to one."""
    (problem,) = bad(text)
    assert problem == "syncd.toml:1: shops: no shop is configured (see: syncd config example)"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o606])
def test_secrets_that_everybody_can_read(write: Write, shop: str, mode: int) -> None:
    """A file with secrets that others may read is refused with the first one, even if it is overridden."""
    path = write(shop)
    path.chmod(mode)
    with pytest.raises(ConfigError) as caught:
        load(path, {"SYNCD__SHOPS__US__TIKTOK__APP_SECRET": "other"}, None)
    hint = f"chmod o-r {path}"
    what = f"{path}:4: shops.us.tiktok.app_secret: is a secret, and everybody may read this file ({hint})"
    assert caught.value.problems == (what,)


def test_a_password_in_an_address_is_a_secret(write: Write) -> None:
    """A proxy's password counts as a secret too."""
    path = write("network.proxy = 'http://me:canary@proxy:3128'\n[shops.us]\n")
    path.chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        load(path, {}, None)
    assert (
        f"{path}:1: network.proxy: is a secret, and everybody may read this file" in caught.value.problems[0]
    )
    assert "canary" not in str(caught.value.problems)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_secrets_for_owner_and_group(write: Write, shop: str, mode: int) -> None:
    """Owner and group may read the file."""
    path = write(shop)
    path.chmod(mode)
    assert load(path, {}, None).path == path


def test_a_public_file_without_secrets(write: Write, shop: str) -> None:
    """A file that everybody reads is fine when the secrets come from elsewhere."""
    path = write(shop.replace('app_secret = "canary-app-secret"', "").replace("access_token", "client_id"))
    path.chmod(0o644)
    env = {"SYNCD__SHOPS__US__TIKTOK__APP_SECRET": "a", "SYNCD__SHOPS__US__SHOPIFY__CLIENT_SECRET": "b"}
    assert load(path, env, None).settings.secrets() == {"a", "b"}


def test_the_error_counts(write: Write) -> None:
    """The first sentence names the file and the number of problems."""
    path = write("a = 1\nb = 2\n[shops.us]\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {}, None)
    assert caught.value.what == f"{path} cannot be used: {len(caught.value.problems)} problems"


_KEYS = [
    "sync.enabled",
    "sync.start_from",
    "guard",
    "guard.max_refund",
    "match.tag",
    "match.skus",
    "store.path",
]
_KEYS += ["shops", "shops.us", "shops.us.tiktok", "shops.us.shopify.api_base", "alerts.urls", '"".""', "a.b"]
_VALUES = ["1", "1.5", "nan", "true", '"x"', '""', "[]", "{}", "[[1]]", "{a = 1}", "2026-01-01", "12:00:00"]
_VALUES += [
    '"//"',
    '"http://[::1"',
    '"\\u0000"',
    '["{id}", []]',
    '{USD = "1", "" = 2}',
    "9223372036854775808",
]


@given(
    st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(_VALUES), max_size=4),
    st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(_VALUES), max_size=2),
)
def test_whatever_is_written_ends_in_settings_or_sentences(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str], overrides: dict[str, str]
) -> None:
    """No file and no variable ends in anything but settings or a list of problems."""
    path = tmp_path_factory.mktemp("any") / "syncd.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in keys.items()))
    env = {f"SYNCD__{key.upper().replace('.', '__')}": value for key, value in overrides.items()}
    try:
        found: object = load(path, env, None).settings
    except ConfigError as error:
        found = error.what
    assert found
