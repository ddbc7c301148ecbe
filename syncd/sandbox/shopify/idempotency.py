"""The keys of `@idempotent`, remembered for a day, each with the inputs it was first used with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from syncd.clock import Clock
from syncd.sandbox.shopify.problems import Refused, UserError, bad_request
from syncd.sandbox.shopify.switches import Switches

REQUIRED_FOR = frozenset({"refundCreate"})
REQUIRED_SINCE = "2026-04"

CONCURRENT = "This request is currently in progress, please try again."
MISMATCH = "The same idempotency key cannot be used with different operation parameters."
FAILED_BEFORE = "The previous attempt with this idempotency key failed."

Payload = dict[str, Any]


@dataclass(slots=True)
class _Use:
    fingerprint: str
    since: float
    answer: Payload | None = None  # None: the first try was refused


class Keys:
    """Runs a mutation once for each key.

    The answer to a repeated key is the first answer's objects, so it shows their present state. Keys in
    `busy` are answered as if the same request were still running.
    """

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self.busy: set[str] = set()
        self._clock = clock
        self._switches = switches
        self._uses: dict[tuple[str, str], _Use] = {}

    def run(self, name: str, key: str | None, arguments: object, work: Callable[[], Payload]) -> Payload:
        """Carry the mutation out, or repeat the answer that its key stands for."""
        if key is None:
            return work()
        if not key.strip():
            raise bad_request("The idempotency key cannot be blank.")
        if key in self.busy:
            raise self._no("IDEMPOTENCY_CONCURRENT_REQUEST", CONCURRENT)
        use = self._use(name, key, json.dumps(arguments, default=str))
        if use.answer is not None and not self._switches.keys_ignored:
            return use.answer
        answer = work()
        use.answer = None if answer.get("userErrors") else answer
        return answer

    def _use(self, name: str, key: str, fingerprint: str) -> _Use:
        now = self._clock.monotonic()
        use = self._uses.get((name, key))
        if use is None or use.since + self._switches.key_seconds <= now or self._switches.keys_ignored:
            use = self._uses[name, key] = _Use(fingerprint, now)
            return use
        if use.fingerprint != fingerprint:
            raise self._no("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", MISMATCH)
        if use.answer is None and self._switches.failed_attempt_blocks_key:
            raise self._no("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", FAILED_BEFORE)
        return use

    def _no(self, code: str, message: str) -> Exception:
        if self._switches.idempotency_errors_top_level:
            return GraphQLError(message, extensions={"code": code})
        return Refused(UserError(None, message, code))
