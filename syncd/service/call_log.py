"""Each exchange with an API as a line of the log."""

import structlog

from syncd.calls import Call
from syncd.sync.observer import Observer

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class CallLog(Observer):
    """Writes each exchange at the level `debug`."""

    def called(self, shop: str, call: Call) -> None:
        """One line."""
        log.debug(
            "api_call",
            shop=shop,
            api=call.api,
            operation=call.operation,
            status=call.status,
            request_id=call.request_id,
            outcome=call.outcome,
            duration_ms=round(call.milliseconds, 1),
        )
