"""Money: integer minor units inside, Shopify's decimal texts on the wire."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_DIGITS = {"BHD": 3, "IDR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "VND": 0}


@dataclass(frozen=True, slots=True)
class Money:
    """Shopify's MoneyV2."""

    amount: str
    currency_code: str


@dataclass(frozen=True, slots=True)
class Bag:
    """Shopify's MoneyBag: the same money in the shop's and in the buyer's currency."""

    shop_money: Money
    presentment_money: Money


def digits(currency: str) -> int:
    """How many decimals the currency has."""
    return _DIGITS.get(currency, 2)


def wire(minor: int, currency: str) -> str:
    """Write an amount as Shopify does: trailing zeros cut, but one decimal kept (`15.0`, `7.25`)."""
    amount = Decimal(minor).scaleb(-digits(currency))
    whole, _, part = f"{amount:f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"


def minor(text: object, currency: str) -> int:
    """Read a decimal amount; what is finer than the currency is rounded half up."""
    amount = Decimal(str(text)).scaleb(digits(currency))
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def in_words(minor_units: int, currency: str) -> str:
    """The amount as it stands in Shopify's messages, in the money format of a dollar shop."""
    places = digits(currency)
    return f"${Decimal(minor_units).scaleb(-places):,.{places}f}"


def exchanged(amount: int, rate: Decimal, source: str, target: str) -> int:
    """`amount` minor units of `source` in minor units of `target`."""
    scaled = Decimal(amount) * rate
    return int(scaled.scaleb(digits(target) - digits(source)).quantize(Decimal(1), ROUND_HALF_UP))


def share(total: int, part: int, whole: int) -> int:
    """`part` of `whole` units' share of `total`, rounded half up."""
    if not whole:
        return 0
    return int((Decimal(total) * part / whole).quantize(Decimal(1), ROUND_HALF_UP))
