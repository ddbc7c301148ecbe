"""Money."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.money import Money, MoneyError, exponent

CURRENCIES = {"VND": 0, "JPY": 0, "USD": 2, "GBP": 2, "KWD": 3, "CLF": 4}
currencies = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(1 - 10**14, 10**14 - 1)
money = st.builds(Money, minors, currencies)


@given(money)
def test_round_trip(one: Money) -> None:
    """What is written as text is read as the same amount."""
    assert Money.parse(one.amount, one.currency) == one


@given(money)
def test_all_decimals(one: Money) -> None:
    """The text is the exact decimal value, with exactly the decimals of the currency."""
    places = CURRENCIES[one.currency]
    assert Decimal(one.amount) == Decimal(one.minor).scaleb(-places)
    assert len(one.amount.partition(".")[2]) == places


@given(money, st.integers(0, 7))
def test_extra_zeros(one: Money, zeros: int) -> None:
    """Zeros behind the last decimal change nothing."""
    text = one.amount if "." in one.amount else one.amount + "."
    assert Money.parse(text + "0" * (zeros + 1), one.currency) == one


@given(money, st.integers(0, 7), st.integers(1, 9))
def test_too_exact(one: Money, zeros: int, digit: int) -> None:
    """A decimal that the currency does not have is refused, never rounded, and told."""
    text = one.amount if "." in one.amount else one.amount + "."
    with pytest.raises(MoneyError, match=rf"{re.escape(text)}.*{one.currency}"):
        Money.parse(f"{text}{'0' * zeros}{digit}", one.currency)


@pytest.mark.parametrize(("text", "minor"), [("5", 500), ("5.1", 510), ("05.10", 510), ("-0.01", -1)])
def test_fewer_decimals(text: str, minor: int) -> None:
    """Fewer decimals than the currency has, and zeros in front, are read."""
    assert Money.parse(text, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "--1",
        ".5",
        "5.",
        "1e2",
        "1,5",
        "1_000",
        "NaN",
        "Infinity",
        "0x10",
        "\u0661",
        "1" * 15,
        "0." + "0" * 13,
    ],
)
def test_no_amount(text: str) -> None:
    """Everything but plain digits with one dot is refused, and told."""
    with pytest.raises(MoneyError, match=re.escape(repr(text))):
        Money.parse(text, "USD")


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "US1", "USD\n", "€€€"])
def test_no_currency(currency: str) -> None:
    """A currency is three capital letters; what is none is told."""
    with pytest.raises(MoneyError, match=re.escape(repr(currency))):
        Money(1, currency)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_largest_fits_in_the_store(currency: str) -> None:
    """The largest amount that is read fits into 64 bits."""
    largest = (
        Money.parse("9" * 14 + "." + "9" * exponent(currency), currency).minor
        if exponent(currency)
        else Money.parse("9" * 14, currency).minor
    )
    assert largest < 2**63


def test_exponents() -> None:
    """Each currency has the decimals of ISO 4217; one that is not listed apart has two."""
    assert {code: exponent(code) for code in CURRENCIES} == CURRENCIES


@given(minors, minors, currencies)
def test_arithmetic(left: int, right: int, currency: str) -> None:
    """Sums, differences, multiples and order are those of the minor units, which stay integers."""
    one, other = Money(left, currency), Money(right, currency)
    assert one + other == Money(left + right, currency)
    assert one - other == Money(left - right, currency)
    assert one * 3 == Money(left * 3, currency)
    assert (one < other, one <= other) == (left < right, left <= right)
    assert (one > other, one >= other) == (left > right, left >= right)
    assert type((one + other - one * 2).minor) is int


def test_mixed_currencies() -> None:
    """Two currencies are never added, subtracted or compared, but they are unequal."""
    dollars, pounds = Money(1, "USD"), Money(1, "GBP")
    for mixed in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(MoneyError, match=r"0\.01 USD.*0\.01 GBP"):
            mixed(dollars, pounds)
    assert dollars != pounds


def test_truth_and_text() -> None:
    """Nothing is false, anything else true, also what is below nothing; a text names the currency."""
    assert (bool(Money.zero("USD")), bool(Money(1, "USD")), bool(Money(-1, "USD"))) == (False, True, True)
    assert (str(Money(2846, "USD")), str(Money(-1, "USD"))) == ("28.46 USD", "-0.01 USD")
    assert str(Money(489681, "VND")) == "489681 VND"
    assert (str(Money.zero("USD")), str(Money.zero("VND"))) == ("0.00 USD", "0 VND")
