"""One thing that is wrong right now."""

from dataclasses import dataclass

from syncd.service.alerts.catalogue import MEANINGS, Kind, Level


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong, with which shop, and what to do.

    `subject` tells alerts of one kind and shop apart. `size` is how many cases it is about. A higher `stage`
    is told at once.
    """

    kind: Kind
    shop: str = ""
    subject: str = ""
    what: str = ""
    details: tuple[str, ...] = ()
    hint: str = ""
    size: int = 1
    stage: int = 0

    @property
    def key(self) -> str:
        """What makes it the same alert as before."""
        return f"{self.kind}:{self.shop}:{self.subject}"

    @property
    def level(self) -> Level:
        """How bad it is."""
        return MEANINGS[self.kind].level

    @property
    def title(self) -> str:
        """A few words that stay the same for as long as it lasts."""
        of = f"{self.shop}: " if self.shop else ""
        subject = f" ({self.subject})" if self.subject else ""
        return f"{of}{MEANINGS[self.kind].title}{subject}"
