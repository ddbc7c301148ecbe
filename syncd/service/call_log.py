"""Each exchange with an API as a line of the log."""

from syncd.calls import Call
from syncd.events import Event, tell
from syncd.sync.observer import Observer


class CallLog(Observer):
    """Writes each exchange at the level `debug`."""

    def called(self, shop: str, call: Call) -> None:
        """One line."""
        tell(
            Event.API_CALL,
            shop=shop,
            api=call.api,
            operation=call.operation,
            status=call.status,
            request_id=call.request_id,
            outcome=call.outcome,
            duration_ms=round(call.milliseconds, 1),
        )
