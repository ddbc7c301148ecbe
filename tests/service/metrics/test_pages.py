"""Who is answered."""

import pytest

from syncd.service.metrics.pages import names_us

LOOPBACK = [
    ("127.0.0.1:9464", True),
    ("127.0.0.2:9464", True),
    ("localhost:9464", True),
    ("LOCALHOST:9464", True),
    ("[::1]:9464", True),
    ("127.0.0.1", False),
    ("127.0.0.1:9465", False),
    ("127.0.0.1:9464:9464", False),
    ("127.0.0.1:x", False),
    ("user@127.0.0.1:9464", False),
    ("127.0.0.1:9464/x", False),
    ("evil.example:9464", False),
    ("localhost.evil.example:9464", False),
    ("127.0.0.1.evil.example:9464", False),
    ("192.0.2.7:9464", False),
    ("", False),
    (":9464", False),
    ("[::1", False),
]


@pytest.mark.parametrize(("header", "ours"), LOOPBACK)
def test_on_loopback_only_loopback_is_us(header: str, ours: bool) -> None:
    """A name of somebody else that leads here is not, nor is another port."""
    assert names_us(header, "127.0.0.1", 9464) is ours


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("192.0.2.7:9464", True),
        ("[2001:db8::7]:9464", True),
        ("127.0.0.1:9464", True),
        ("metrics.internal:9464", False),
        ("192.0.2.7", False),
    ],
)
def test_where_other_machines_may_ask_an_address_is_us(header: str, ours: bool) -> None:
    """A page elsewhere can have us asked under a name, never under an address."""
    assert names_us(header, "0.0.0.0", 9464) is ours  # noqa: S104 - nothing is bound


def test_a_name_that_the_admin_chose_is_us() -> None:
    """And no other name."""
    assert names_us("Metrics.internal:9464", "metrics.internal", 9464)
    assert not names_us("other.internal:9464", "metrics.internal", 9464)


def test_the_port_of_http_may_be_left_out() -> None:
    """Clients do not name it."""
    assert names_us("localhost", "127.0.0.1", 80)
