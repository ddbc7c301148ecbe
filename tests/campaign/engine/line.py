"""The line of one process to the network: requests on their way outlive their sender."""

import asyncio
from collections.abc import Callable, Mapping

import httpx

from syncd.sandbox.faults import Front, Outcome
from syncd.sandbox.http import Request
from syncd.sandbox.inline import InlineTransport
from tests.campaign.engine.fate import Fate, Step
from tests.campaign.engine.loop import VirtualLoop

Exchanged = Callable[[str, Request, Outcome], None]


class Door(Front):
    """One process's way to a front that all share."""

    def __init__(self, front: Front, fate: Fate, exchanged: Exchanged) -> None:
        super().__init__(front.stand_in, front.faults)
        self._front = front
        self._fate = fate
        self._exchanged = exchanged

    def exchange(self, request: Request) -> Outcome:
        """Carry the request out; its sender may die of that."""
        operation = self.stand_in.operation_of(request)
        outcome = self._front.exchange(request)
        self._exchanged(operation, request, outcome)
        self._fate.strikes(Step.DONE, operation)
        return outcome


class Line(httpx.AsyncBaseTransport):
    """Hands requests over to the network, whose loop no process can stop.

    `before` runs at the last moment before a request leaves, with the operation's name.
    """

    def __init__(
        self,
        network: VirtualLoop,
        doors: Mapping[str, Door],
        fate: Fate,
        before: Callable[[str], None],
    ) -> None:
        self.wire = InlineTransport(doors)
        self._network = network
        self._doors = {httpx.URL(address).port: door for address, door in doors.items()}
        self._fate = fate
        self._before = before

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and wait for its answer."""
        operation = self._operation(request)
        self._fate.step(Step.LEAVE, operation)
        self._before(operation)
        await asyncio.sleep(0)  # a process that freezes now sends when it wakes up
        self._fate.check()
        response = await self._sent(request)
        self._fate.step(Step.ANSWER, operation)
        return response

    def _operation(self, request: httpx.Request) -> str:
        known = Request(request.method, request.url.path, body=request.content)
        return self._doors[request.url.port].stand_in.operation_of(known)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        answer: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()

        def arrived(task: asyncio.Task[httpx.Response]) -> None:
            if task.cancelled():
                return
            error = task.exception()  # seen, whoever still waits for it
            if answer.done() or self._fate.dead:
                return
            if error:
                answer.set_exception(error)
            else:
                answer.set_result(task.result())

        self._network.create_task(self.wire.handle_async_request(request)).add_done_callback(arrived)
        return await answer
