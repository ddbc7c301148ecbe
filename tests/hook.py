"""An address that alerts and heartbeats are sent to."""

import json
from dataclasses import dataclass, field
from typing import Any

from syncd.clock import Clock
from syncd.sandbox.http import Call, Reply, Request


@dataclass
class Hook:
    """Takes whatever comes, and answers with `status`; by path where that is in `statuses`."""

    clock: Clock
    calls: list[Call] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    status: int = 200
    statuses: dict[str, int] = field(default_factory=dict)

    def operation_of(self, request: Request) -> str:
        return request.path

    def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        return Reply(self.statuses.get(request.path, self.status))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What Apprise has sent."""
        return [json.loads(request.body) for request in self.requests if request.method == "POST"]

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.messages]
