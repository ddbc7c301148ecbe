"""What goes wrong in the story, at the very moment at which it is worst."""

from collections.abc import Callable, Sequence

from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.script import Flag
from syncd.sandbox.faults import Fault, FaultKind, Faults, When
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.pair import Pair


def set_traps(pair: Pair, tales: Sequence[Tale], kill: Callable[[], None]) -> None:
    """Lie in wait for the requests of the cases that are flagged so; `kill` ends the daemon."""
    faults = pair.shopify_server.front.faults
    for tale in tales:
        if Flag.ANSWER_LOST in tale.script.flags:
            _lose_the_answer(faults, tale)
        if Flag.KILLED in tale.script.flags:
            _kill_after_processing(faults, tale, kill)


def _lose_the_answer(faults: Faults, tale: Tale) -> None:
    """Shopify makes this refund, and the connection is closed instead of an answer."""
    done: list[bool] = []

    def before(operation: str, request: Request) -> None:
        ours = any(f'"{order.id}"'.encode() in request.body for order in tale.orders)
        if operation == "refundCreate" and ours and not done:
            done.append(True)
            faults.add(Fault(FaultKind.CLOSE, operation, When.AFTER))

    faults.before.append(before)


def _kill_after_processing(faults: Faults, tale: Tale, kill: Callable[[], None]) -> None:
    """Shopify processes this return, and the daemon is dead before it can hear of it."""
    done: list[bool] = []

    def after(operation: str, request: Request, _reply: Reply) -> None:
        ours = any(f'"{one.id}"'.encode() in request.body for one in tale.returns())
        if operation == "returnProcess" and ours and not done:
            done.append(True)
            kill()

    faults.after.append(after)
