"""Each step of an intent: durable, with its line in the history, before the next one begins."""

from syncd.events import Event, tell
from syncd.model.intents import Intent
from syncd.sync.shop import Shop


class Journal:
    """The record of what one shop's writer does."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def keep(self, intent: Intent, event: str, **detail: object) -> Intent:
        """Record the new state of an intent and what brought it there."""
        store = self._shop.store
        with store.database.transaction():
            store.intents.keep(intent)
            self.note(intent, event, **detail)
        self._shop.observer.stepped(intent, event)
        tell(
            Event.WRITE_STEP,
            step=event,
            action=intent.action,
            idempotency_key=intent.key,
            attempts=intent.attempts,
            request_ids=intent.request_ids,
        )
        return intent

    def note(self, intent: Intent, event: str, **detail: object) -> None:
        """Add the line to the history, in the transaction of the caller."""
        self._shop.store.cases.note(
            intent.shop,
            intent.case_id,
            event,
            self._shop.clock.now(),
            action=intent.action,
            request_ids=intent.request_ids,
            **detail,
        )
