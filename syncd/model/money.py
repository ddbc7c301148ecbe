"""Money: integer minor units with a currency, exact from wire to wire."""

import re
from dataclasses import dataclass
from typing import Self

# ISO 4217: currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    currency: places
    for places, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}
_AMOUNT = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]{1,12}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class MoneyError(ValueError):
    """A text that is no exact amount of its currency, or two currencies in one sum."""


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` units (cents, dong, fils) of `currency` (ISO 4217, capitals)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise MoneyError(f"{self.currency!r} is not a currency code")

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read a decimal text exactly; more decimals than the currency has must be zeros.

        Raises:
            MoneyError: The text is not such an amount.
        """
        found = _AMOUNT.fullmatch(amount)
        if not found:
            raise MoneyError(f"{amount!r} is not an amount")
        sign, whole, decimals = found[1], found[2], found[3] or ""
        places = exponent(currency)
        if decimals[places:].strip("0"):
            raise MoneyError(f"{amount!r} has more decimals than {currency} has")
        minor = int(whole + decimals[:places].ljust(places, "0"))
        return cls(-minor if sign else minor, currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in that currency."""
        return cls(0, currency)

    @property
    def amount(self) -> str:
        """The decimal text with all decimals of the currency: `28.46`, `489681`."""
        places = exponent(self.currency)
        digits = f"{abs(self.minor):0{places + 1}d}"
        sign = "-" if self.minor < 0 else ""
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._minor_of(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self} and {other} are different currencies")
        return other.minor
