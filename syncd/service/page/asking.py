"""What a page is made from: the store as it is now, and what stands behind the `?` of its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from syncd.config.settings import Settings
from syncd.store.store import Store

_MOST_FIELDS = 10
_LONGEST = 100
"""Characters that anything may have that is asked for: ids are shorter."""


class Unclear(Exception):
    """The address asks for something that there is not."""


class NotFound(Exception):
    """There is nothing of that name."""


@dataclass(frozen=True, slots=True)
class Query:
    """The fields of an address, without empty ones."""

    fields: Mapping[str, str]

    @classmethod
    def read(cls, text: str) -> "Query":
        """Take it apart.

        Raises:
            Unclear: It is too long, or no query.
        """
        try:
            found = dict(parse_qsl(text, max_num_fields=_MOST_FIELDS, errors="strict"))
        except (ValueError, UnicodeError):
            raise Unclear("The address cannot be read.") from None
        for name, value in found.items():
            if len(value) > _LONGEST or not value.isprintable():
                raise Unclear(f"What {name} asks for is no name of anything.")
        return cls({name: value.strip() for name, value in found.items() if value.strip()})

    def text(self, name: str) -> str:
        """A field; empty where it is not there."""
        return self.fields.get(name, "")

    def one_of(self, name: str, words: type[StrEnum]) -> str | None:
        """A field that has to be one of these words; None where it is not there.

        Raises:
            Unclear: It is none of them.
        """
        found = self.text(name)
        if found and found not in {word.value for word in words}:
            raise Unclear(f"There is no {name} {found}.")
        return found or None

    def number(self, name: str, most: int) -> int:
        """A number from 1 on; 1 where it is not there.

        Raises:
            Unclear: It is not one up to `most`.
        """
        found = self.text(name) or "1"
        if not found.isascii() or not found.isdigit() or not 1 <= int(found) <= most:
            raise Unclear(f"{name} is a number up to {most}.")
        return int(found)

    def but(self, **others: object) -> str:
        """The same as it stands in an address, but for these fields."""
        return urlencode({**self.fields, **{name: str(value) for name, value in others.items()}})


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the store."""

    store: Store
    settings: Settings
    now: datetime
    query: Query

    def shop(self) -> str | None:
        """The shop that the address names; None for all.

        Raises:
            Unclear: The settings do not have it.
        """
        found = self.query.text("shop")
        if found and found not in self.settings.shops:
            raise Unclear(f"There is no shop {found}.")
        return found or None
