"""Which cases are listed, as SQL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.model.cases import Restock, State
from syncd.store.database import Row, from_time

_FEW = frozenset({State.HELD, State.DUE, State.WRITING})
"""States in which few cases are."""
OTHERS = "*"
"""The key of a time that is meant for every shop without one of its own."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases to list; None leaves a column open.

    `type` is TikTok's word. `since` and `until` limit when a case has changed last: from, and before; by
    shop, since a day begins when the shop's day does.
    """

    shop: str | None = None
    state: str | None = None
    reason: str | None = None
    restock: str | None = None
    kind: str | None = None
    type: str | None = None
    since: Mapping[str, datetime] = field(default_factory=dict)
    until: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def values(self) -> Row:
        """The parameters of the condition."""
        columns = ("shop", "state", "reason", "restock", "kind", "type")
        equal = {name: getattr(self, name) for name in columns if getattr(self, name) is not None}
        return equal | {name: _times(by) for name, by in (("since", self.since), ("until", self.until)) if by}

    @property
    def where(self) -> str:
        """The condition on a row of `cases`."""
        limits = {"since": ">=", "until": "<"}
        terms = [
            f"cases.updated {limits[name]} coalesce(:{name} ->> cases.shop, :{name} ->> '{OTHERS}')"
            if name in limits
            else f"cases.{name} = :{name}"
            for name in self.values
        ]
        return " AND ".join(terms) or "TRUE"

    @property
    def order(self) -> str:
        """The latest change first; few cases that fit are rather sorted than looked for among all."""
        few = self.state in _FEW or self.restock == Restock.WAITING
        return f"{'+' if few else ''}cases.updated DESC, cases.case_id"


def _times(by_shop: Mapping[str, datetime]) -> str:
    return json.dumps({shop: from_time(at) for shop, at in by_shop.items()})
