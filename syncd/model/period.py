"""A period of time as people name it: by days, which begin with the shop's day, or by moments."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Self


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, before `until`: each a day of the shop's or a moment."""

    since: date
    until: date

    @classmethod
    def parse(cls, since: str, until: str) -> Self:
        """As it was typed: `2026-01-31`, or a time with its offset.

        Raises:
            ValueError: One of them is neither; the text says which.
        """
        return cls(moment(since), moment(until))

    def within(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first after it, where days are those of `zone`."""
        return begin(self.since, zone), begin(self.until, zone)

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.since.isoformat()} to {self.until.isoformat()}"


def moment(text: str) -> date:
    """A day or a moment, as it was typed.

    Raises:
        ValueError: It is neither; the text says what it is not.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no date such as 2026-01-31 and no time with offset") from None
    if found.tzinfo is None:
        raise ValueError(f"{text} has no offset, such as Z or +01:00")
    return found


def begin(named: date, zone: tzinfo) -> datetime:
    """The first moment of a day in that zone; a moment is itself."""
    if isinstance(named, datetime):
        return named
    return datetime(named.year, named.month, named.day, tzinfo=zone)
