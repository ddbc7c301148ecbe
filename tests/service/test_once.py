"""The exit code of a cycle; `tests/e2e/test_once.py` runs whole cycles."""

import pytest

from syncd.errors import CredentialsRefused, MissingScope, NotReached, RequestRefused, SyncdError
from syncd.service.once import exit_code
from syncd.sync.cycle import CycleResult

REFUSED = CredentialsRefused("no", api="tiktok", operation="x")
SCOPE = MissingScope("no", scope="s", api="tiktok", operation="x")
AWAY = NotReached("no", api="tiktok", operation="x")
WRONG = RequestRefused("no", api="tiktok", operation="x")


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([[]], 0),
        ([[], []], 0),
        ([[AWAY]], 75),
        ([[AWAY], []], 75),
        ([[REFUSED]], 77),
        ([[SCOPE]], 77),
        ([[REFUSED], [SCOPE]], 77),
        ([[REFUSED, AWAY]], 77),
        ([[REFUSED], [AWAY]], 75),
        ([[WRONG], [AWAY]], 70),
    ],
)
def test_exit_code(errors: list[list[SyncdError]], code: int) -> None:
    """77 where no shop's login works, else the code of the first error that is not about a login."""
    results = {str(number): CycleResult(errors=tuple(of_shop)) for number, of_shop in enumerate(errors)}
    assert exit_code(results) == code


def test_no_shop() -> None:
    """Without an enabled shop all is well."""
    assert exit_code({}) == 0
