"""The environment and systemd's credentials over the file."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.config import Loaded, load
from syncd.errors import ConfigError

Bad = Callable[..., tuple[str, ...]]
Good = Callable[..., Loaded]
Write = Callable[[str], Path]

SECRET = "SYNCD__SHOPS__US__TIKTOK__APP_SECRET"


Put = Callable[[dict[str, bytes]], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Make a credentials directory with these files."""

    def put(files: dict[str, bytes]) -> Path:
        directory = tmp_path / "credentials"
        directory.mkdir()
        for name, data in files.items():
            (directory / name).write_bytes(data)
        return directory

    return put


def _get(settings: object, path: str) -> object:
    for part in path.split("."):
        settings = settings[part] if isinstance(settings, dict) else getattr(settings, part)
    return settings


def test_later_sources_win(good: Good, shop: str, put: Put) -> None:
    """A credential goes before a variable, and that before the file."""
    directory = put({"shops.us.tiktok.app_secret": b"from-credential\n"})
    env = {SECRET: "from-env", "SYNCD__SHOPS__US__SHOPIFY__ACCESS_TOKEN": "token-from-env"}
    us = good(shop, env, directory).settings.shops["us"]
    secrets = (
        us.tiktok.app_key,
        us.tiktok.app_secret.get_secret_value(),
        us.shopify.access_token.get_secret_value(),
    )
    assert secrets == ("6abc", "from-credential", "token-from-env")


@pytest.mark.parametrize(
    ("variable", "path", "value"),
    [
        (("SYNC__ENABLED", "false"), "sync.enabled", False),
        (("SYNC__POLL_INTERVAL", "10m"), "sync.poll_interval", timedelta(minutes=10)),
        (
            ("SYNC__START_FROM", "2026-11-01T02:00:00+02:00"),
            "sync.start_from",
            datetime(2026, 11, 1, tzinfo=UTC),
        ),
        (("SYNC__START_FROM", "2026-11-01T00:00:00Z"), "sync.start_from", datetime(2026, 11, 1, tzinfo=UTC)),
        (("GUARD__MAX_REFUNDS_PER_CYCLE", "7"), "guard.max_refunds_per_cycle", 7),
        (("GUARD__MAX_REFUND__USD", "500.00"), "guard.max_refund", {"USD": 50000}),
        (("GUARD__MAX_REFUND", '{"USD": "500.00"}'), "guard.max_refund", {"USD": 50000}),
        (("GUARD__MAX_REFUND", '{USD = "500.00"}'), "guard.max_refund", {"USD": 50000}),
        (("MATCH__ORDER_BY", '["name", "tag"]'), "match.order_by", ("name", "tag")),
        (("MATCH__ORDER_BY", "['name']"), "match.order_by", ("name",)),
        (("MATCH__TAG", "T{id}"), "match.tag", ("T{id}",)),
        (("MATCH__TAG", '["T{id}", "{id}"]'), "match.tag", ("T{id}", "{id}")),
        (("MATCH__SKUS__Ab-1__x", "B"), "match.skus", {"Ab-1__x": "B"}),
        (("RESTOCK__LOCATION", "123"), "restock.location", "123"),
        (("RESTOCK__LOCATION", "true"), "restock.location", "true"),
        (("STORE__PATH", "/srv/s.db"), "store.path", Path("/srv/s.db")),
        (("LOGGING__LEVEL", "debug"), "logging.level", "debug"),
        (("SHOPS__US__SYNC__AUTO_RESTOCK", "true"), "shops.us.sync.auto_restock", True),
        (("SHOPS__US__SHOPIFY__CONCURRENCY", "3"), "shops.us.shopify.concurrency", 3),
        (("SHOPS__US__TIKTOK__APP_KEY", "123"), "shops.us.tiktok.app_key", "123"),
    ],
)
def test_variables(good: Good, shop: str, variable: tuple[str, str], path: str, value: object) -> None:
    """A variable is read as its key wants it."""
    name, text = variable
    assert _get(good(shop, {f"SYNCD__{name}": text}).settings, path) == value


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("SYNCD__SYNC__ENABLET", "true", "there is no such key (did you mean enabled?)"),
        ("SYNCD__SYNK__ENABLED", "true", "there is no such key (did you mean sync.enabled?)"),
        (
            "SYNCD__SHOPS__US__TIKTOC__APP_KEY",
            "x",
            "there is no such key (did you mean shops.us.tiktok.app_key?)",
        ),
        ("SYNCD__SHOPS__UX__TIKTOK__APP_KEY", "x", "the config file has no shop ux (did you mean us?)"),
        ("SYNCD__SHOPS__US", "x", "is a table (set one key of it)"),
        ("SYNCD__SHOPS", "x", "is a table (set one key of it)"),
        ("SYNCD__SYNC", "{}", "is a table (set one key of it)"),
        ("SYNCD__SYNC__ENABLED__NOW", "true", "there is no such key (did you mean"),
        ("SYNCD__", "x", "there is no such key (known here: sync"),
        ("SYNCD_SYNC__ENABLED", "true", "there is no such key (it begins with SYNCD__)"),
        ("SYNCD__SYNC__ENABLED", "True", "must be true or false"),
        ("SYNCD__SYNC__ENABLED", "1", "must be true or false"),
        ("SYNCD__SYNC__ENABLED", "yes", "must be true or false"),
        ("SYNCD__SYNC__ENABLED", "", "must be true or false"),
        ("SYNCD__SYNC__ENABLED", "true\nx = 1", "must be true or false"),
        ("SYNCD__SYNC__POLL_INTERVAL", "300", "is not a duration"),
        ("SYNCD__SYNC__START_FROM", "2026-11-01", "must be a date and time"),
        ("SYNCD__GUARD__MAX_REFUNDS_PER_DAY", "nan", "must be a whole number"),
        ("SYNCD__GUARD__MAX_REFUNDS_PER_DAY", "1e3", "must be a whole number"),
        ("SYNCD__GUARD__MAX_REFUNDS_PER_DAY", "9" * 5000, "must be a"),
        ("SYNCD__GUARD__MAX_REFUND", "500", "must be a table"),
        ("SYNCD__GUARD__MAX_REFUND__usd", "500", "is not a currency"),
        ("SYNCD__MATCH__ORDER_BY", "name,tag", "must be a list"),
        ("SYNCD__MATCH__ORDER_BY", "[" * 5000, "must be a list"),
        ("SYNCD__SHOPS__US__TIKTOK__APP_SECRET", "canary secret", "has a blank or a character"),
        ("SYNCD__SYNC__ENABLED", "canary", "must be true or false"),
    ],
)
def test_wrong_variables(bad: Bad, shop: str, name: str, text: str, problem: str) -> None:
    """A wrong variable is told by its name, and never with its value."""
    (line,) = bad(shop, {name: text})
    assert line.startswith(f"environment {name}: {problem}")
    assert "canary" not in line


def test_a_rule_that_a_variable_breaks(bad: Bad, shop: str) -> None:
    """When a variable makes a key necessary, the variable and that key are named."""
    (line,) = bad(shop, {"SYNCD__SYNC__ENABLED": "true"})
    assert line.startswith(
        "environment SYNCD__SYNC__ENABLED: sync.start_from: is required once enabled = true"
    )


def test_case_of_variables_does_not_count(good: Good, shop: str) -> None:
    """A variable in small letters is the same variable, and finds the shop of the file."""
    settings = good(shop, {"syncd__shops__us__tiktok__app_key": "lower"}).settings
    assert [(name, found.tiktok.app_key) for name, found in settings.shops.items()] == [("us", "lower")]


def test_two_spellings_of_one_variable(bad: Bad, shop: str) -> None:
    """Two variables that mean the same key are refused: none of them is right by chance."""
    lines = bad(shop, {"SYNCD__SYNC__ENABLED": "false", "syncd__sync__enabled": "true"})
    assert (
        "environment syncd__sync__enabled: sets a key a second time (see environment SYNCD__SYNC__ENABLED)"
        in lines
    )


def test_a_hyphen_in_the_name_of_a_shop(good: Good, shop: str) -> None:
    """A shop called eu-west is EU_WEST in a variable."""
    text = shop.replace("shops.us", "shops.eu-west")
    settings = good(text, {"SYNCD__SHOPS__EU_WEST__TIKTOK__APP_KEY": "x"}).settings
    assert [(name, found.tiktok.app_key) for name, found in settings.shops.items()] == [("eu-west", "x")]


def test_a_shop_from_variables_alone(good: Good) -> None:
    """Where the file names no shop, variables may: a container needs no file of its own."""
    env = {
        "SYNCD__SHOPS__EU_WEST__TIKTOK__APP_KEY": "k",
        "SYNCD__SHOPS__EU_WEST__TIKTOK__APP_SECRET": "s",
        "SYNCD__SHOPS__EU_WEST__SHOPIFY__DOMAIN": "acme.myshopify.com",
        "SYNCD__SHOPS__EU_WEST__SHOPIFY__ACCESS_TOKEN": "t",
    }
    assert list(good("", env).settings.shops) == ["eu-west"]


def test_other_variables_are_left_alone(good: Good, shop: str) -> None:
    """Variables that are no keys, ours or others', change nothing: not even those named like a section."""
    env = {
        "SYNCD_CONFIG": "x",
        "SYNCD_DEBUG": "1",
        "SYNC": "{}",
        "SYNC__ENABLED": "x",
        "STORE": "x",
        "PATH": "x",
    }
    assert good(shop, env).settings == good(shop).settings


def test_the_real_environment_is_not_read(good: Good, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the environment that is passed in counts."""
    monkeypatch.setenv("SYNCD__SYNC__CANCELLATIONS", "true")
    monkeypatch.setenv("SYNC", '{"cancellations": true}')
    assert good(shop).settings.sync.cancellations is False


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_one_line_end_is_stripped_from_a_credential(good: Good, shop: str, put: Put, end: bytes) -> None:
    """The line end that an editor adds is no part of the secret."""
    directory = put({"shops.us.tiktok.app_secret": b"s3cret" + end})
    us = good(shop, {}, directory).settings.shops["us"]
    assert us.tiktok.app_secret.get_secret_value() == "s3cret"


def test_credentials_of_a_folder(good: Good, shop: str, put: Put) -> None:
    """Systemd puts the name of the set before the files that it loads from a folder; it is taken off."""
    files = {"syncd_shops.us.tiktok.app_secret": b"s3cret\n", "syncd_match.skus.A_1": b"B\n"}
    settings = good(shop, {}, put(files)).settings
    secret = settings.shops["us"].tiktok.app_secret.get_secret_value()
    assert (secret, settings.match.skus) == ("s3cret", {"A_1": "B"})


def test_a_key_of_a_folder_and_by_itself(bad: Bad, shop: str, put: Put) -> None:
    """The same key with and without the set's name is refused: none of them is right by chance."""
    key = "shops.us.tiktok.app_secret"
    (line,) = bad(shop, {}, put({key: b"a", f"syncd_{key}": b"b"}))
    assert line == f"credential syncd_{key}: sets a key a second time (see credential {key})"


def test_any_key_can_be_a_credential(good: Good, shop: str, put: Put) -> None:
    """Not only secrets are taken from the credentials."""
    files = {"sync.auto_restock": b"true\n", "match.skus.A.1": b"B\n", "guard.max_refund.USD": b"1.00\n"}
    settings = good(shop, {}, put(files)).settings
    assert (settings.sync.auto_restock, settings.match.skus) == (True, {"A.1": "B"})


@pytest.mark.parametrize(
    ("credential", "problem"),
    [
        (("shops.us.tiktok.app_secrt", b"canary"), "there is no such key (did you mean app_secret?)"),
        (("shop.us.tiktok.app_secret", b"canary"), "there is no such key (did you mean shops."),
        (("Shops.us.tiktok.app_secret", b"canary"), "there is no such key (did you mean"),
        (("shops.uk.tiktok.app_secret", b"canary"), "the config file has no shop uk (did you mean us?)"),
        (("shops.us.tiktok.app_secret", b"canary\n\n"), "has a blank or a character in it"),
        (("shops.us.tiktok.app_secret", b"canary\xff"), "cannot be read: it is no text"),
        (("sync.enabled", b"yes"), "must be true or false"),
        (("syncd_shops.us.tiktok.app_secrt", b"canary"), "there is no such key (did you mean app_secret?)"),
        (("syncd_shops.us.tiktok.app_secret~", b"canary"), "there is no such key (did you mean app_secret?)"),
        (("syncd_api_key", b"canary"), "there is no such key (known here: sync"),
        (("syncd_", b"canary"), "there is no such key (known here: sync"),
        (("syncd_shops", b"canary"), "is a table (set one key of it)"),
    ],
)
def test_wrong_credentials(
    bad: Bad, shop: str, put: Put, credential: tuple[str, bytes], problem: str
) -> None:
    """A wrong credential is told by its name, and never with its value."""
    name, data = credential
    (line,) = bad(shop, {}, put({name: data}))
    assert line.startswith(f"credential {name}: {problem}")
    assert "canary" not in line


def test_credentials_of_others(good: Good, shop: str, put: Put) -> None:
    """A certificate, or any file not named like a key, is somebody else's."""
    directory = put({"ca.pem": b"\xff", "tls.key": b"x", "token": b"x", "sync": b"x"})
    assert good(shop, {}, directory).settings == good(shop).settings


def test_a_missing_credentials_directory(bad: Bad, shop: str, tmp_path: Path) -> None:
    """A directory that is named but not there is refused: its secrets would be missing in silence."""
    (line,) = bad(shop, {}, tmp_path / "nowhere")
    assert line == f"credentials in {tmp_path}/nowhere: cannot be read: No such file or directory".replace(
        f"{tmp_path}/", ""
    )


def test_credentials_of_somebody_else(write: Write, put: Put, shop: str, tmp_path: Path) -> None:
    """Who calls neither API passes over what this user may not read, but not over what is wrong."""
    text = shop.replace('app_secret = "canary-app-secret"\n', "")
    directory = put({"store.path": b"/var/other.db"})
    (directory / "shops.us.tiktok.app_secret").mkdir()  # cannot be read, not even by root
    assert str(load(write(text), {}, directory, logins=False).settings.store.path) == "/var/other.db"
    load(write(text), {}, tmp_path / "nowhere", logins=False)
    (directory / "store.pat").write_text("canary")
    with pytest.raises(ConfigError) as caught:
        load(write(text), {}, directory, logins=False)
    assert [line.partition(": ")[0] for line in caught.value.problems] == ["credential store.pat"]


def test_a_credential_that_is_a_directory(bad: Bad, shop: str, put: Put) -> None:
    """A directory in place of a credential is refused."""
    directory = put({})
    (directory / "shops.us.tiktok.app_secret").mkdir()
    (line,) = bad(shop, {}, directory)
    assert line == "credential shops.us.tiktok.app_secret: cannot be read: Is a directory"


def test_a_wrong_value_over_a_wrong_value_is_one_problem(bad: Bad, shop: str) -> None:
    """That of the environment counts; what lies under it is not looked at."""
    problems = bad(f"{shop}[alerts]\nurls = {{}}\n", {"SYNCD__ALERTS__URLS": "[[1]]"})

    assert 1 == len(problems)
    assert problems[0].startswith("environment SYNCD__ALERTS__URLS")
