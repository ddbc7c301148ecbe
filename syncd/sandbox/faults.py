"""What can go wrong between a client and a stand-in, and the front that makes it go wrong."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from syncd.sandbox.http import Call, Reply, Request, StandIn, html_reply, json_reply


class FaultKind(StrEnum):
    """How the client sees it."""

    RESET = "reset"  # the connection is aborted
    CLOSE = "close"  # the connection is closed without an answer
    TRUNCATE = "truncate"  # half of the body, then closed
    STALL = "stall"  # nothing for `seconds`, then the answer, or a 504 where nothing was carried out
    DRIP = "drip"  # the body in small pieces over `seconds`
    STATUS_429 = "status_429"  # with Retry-After when `seconds` is not 0
    STATUS_500 = "status_500"
    STATUS_502 = "status_502"
    STATUS_503 = "status_503"
    HTML_200 = "html_200"  # a page where JSON is expected
    GARBAGE_JSON = "garbage_json"
    REPLY = "reply"  # `reply` instead of the real answer


class When(StrEnum):
    """What became of the request itself."""

    BEFORE = "before"  # it is not carried out
    AFTER = "after"  # it is carried out, then the answer is spoilt
    LATE = "late"  # it is carried out `seconds` later, by the stand-in's clock


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the `skip` first matching requests go well, the next `times` are hit.

    `operation` is a pattern (`*`, `refund*`) for the names that the stand-in gives to its requests.
    """

    kind: FaultKind
    operation: str = "*"
    when: When = When.BEFORE
    times: int = 1
    seconds: float = 0.0
    skip: int = 0
    reply: Reply | None = None


BeforeHook = Callable[[str, Request], None]
AfterHook = Callable[[str, Request, Reply], None]


@dataclass(slots=True)
class Faults:
    """The faults that are still to come, and what runs around each request.

    `before` and `after` hooks get the operation and the request (and its reply) and may change the world,
    for instance add a foreign refund between a client's read and its write.
    """

    before: list[BeforeHook] = field(default_factory=list)
    after: list[AfterHook] = field(default_factory=list)
    _waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Let this happen once its turn comes."""
        self._waiting.append(fault)

    @property
    def waiting(self) -> bool:
        """Whether some are still to come."""
        return bool(self._waiting)

    def clear(self) -> None:
        """Let everything go well from now on; hooks stay."""
        self._waiting.clear()

    def once_before(self, operation: str, action: Callable[[], None]) -> None:
        """Run `action` right before the next request of that operation."""
        done: list[bool] = []

        def hook(name: str, _request: Request) -> None:
            if not done and fnmatchcase(name, operation):
                done.append(True)
                action()

        self.before.append(hook)

    def take(self, operation: str, when: When) -> Fault | None:
        """The fault that hits this request, if any; its counters go down."""
        for place, fault in enumerate(self._waiting):
            if fault.when is not when or not fnmatchcase(operation, fault.operation):
                continue
            if fault.skip:
                self._waiting[place] = replace(fault, skip=fault.skip - 1)
                continue
            self._use(place)
            return fault
        return None

    def _use(self, place: int) -> None:
        fault = self._waiting[place]
        if fault.times > 1:
            self._waiting[place] = replace(fault, times=fault.times - 1)
        else:
            del self._waiting[place]


WIRE_KINDS = frozenset(
    {FaultKind.RESET, FaultKind.CLOSE, FaultKind.TRUNCATE, FaultKind.STALL, FaultKind.DRIP}
)
_LOST = html_reply("<h1>504</h1>", 504)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back: `reply`, in the way that `wire` (one of `WIRE_KINDS`, or None) says."""

    reply: Reply
    wire: Fault | None = None


class Front:
    """Brings requests to a stand-in, with hooks and faults; knows nothing of sockets."""

    def __init__(self, stand_in: StandIn, faults: Faults | None = None) -> None:
        self.stand_in = stand_in
        self.faults = faults if faults is not None else Faults()
        self._late: deque[tuple[float, Request]] = deque()

    def exchange(self, request: Request) -> Outcome:
        """Carry one request out, or not, and say what the client gets to see."""
        self.settle()
        operation = self.stand_in.operation_of(request)
        for hook in self.faults.before:
            hook(operation, request)
        outcome = self._lost(operation, request) or self._carried_out(operation, request)
        for after in self.faults.after:
            after(operation, request, outcome.reply)
        return outcome

    def settle(self) -> None:
        """Carry out the late requests whose time has come."""
        while self._late and self._late[0][0] <= self.stand_in.clock.monotonic():
            self.stand_in.handle(self._late.popleft()[1])

    def _lost(self, operation: str, request: Request) -> Outcome | None:
        if late := self.faults.take(operation, When.LATE):
            self._late.append((self.stand_in.clock.monotonic() + late.seconds, request))
            self._late = deque(sorted(self._late, key=lambda item: item[0]))
            return _spoilt(late, _LOST)
        if fault := self.faults.take(operation, When.BEFORE):
            outcome = _spoilt(fault, _LOST)
            status = 0 if outcome.wire else outcome.reply.status
            now = self.stand_in.clock.now()
            self.stand_in.calls.append(Call(operation, "", now, status, applied=False))
            return outcome
        return None

    def _carried_out(self, operation: str, request: Request) -> Outcome:
        reply = self.stand_in.handle(request)
        fault = self.faults.take(operation, When.AFTER)
        return _spoilt(fault, reply) if fault else Outcome(reply)


def _spoilt(fault: Fault, reply: Reply) -> Outcome:
    if fault.kind in WIRE_KINDS:
        return Outcome(reply, fault)
    return Outcome(_instead(fault))


def _instead(fault: Fault) -> Reply:
    match fault.kind:
        case FaultKind.STATUS_429:
            headers = {"Retry-After": f"{fault.seconds:g}"} if fault.seconds else {}
            return json_reply({"errors": "Too many requests"}, 429, headers)
        case FaultKind.STATUS_500 | FaultKind.STATUS_502 | FaultKind.STATUS_503:
            status = int(fault.kind.removeprefix("status_"))
            return html_reply(f"<h1>{status}</h1>", status)
        case FaultKind.GARBAGE_JSON:
            return Reply(200, {"Content-Type": "application/json"}, b'{"data": {"order": nul')
        case FaultKind.REPLY:
            return fault.reply or Reply()
        case _:
            return html_reply("<h1>Please wait</h1>")
