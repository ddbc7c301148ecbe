"""The bare loop: requests as they were recorded, sent again one after another with httpx.

Run as `python -m tests.bench.replay sync` (or `async`), with the requests on standard input; it prints the
seconds of processor time that the sending took, with the reading of the answers and nothing else.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Sequence

import httpx


def requests(lines: Sequence[str], client: httpx.Client | httpx.AsyncClient) -> list[httpx.Request]:
    """What to send."""
    return [
        client.build_request(
            one["method"],
            one["url"],
            params=[tuple(pair) for pair in one["query"]],
            headers=one["headers"],
            content=base64.b64decode(one["body"]),
        )
        for one in map(json.loads, lines)
    ]


def plain(lines: Sequence[str]) -> None:
    """With a client for scripts."""
    with httpx.Client(timeout=30) as client:
        for request in requests(lines, client):
            client.send(request).raise_for_status()


async def waiting(lines: Sequence[str]) -> None:
    """With the client that syncd uses."""
    async with httpx.AsyncClient(timeout=30) as client:
        for request in requests(lines, client):
            (await client.send(request)).raise_for_status()


def main(kind: str, lines: Sequence[str]) -> None:
    """Send them all."""
    begun = time.process_time()
    if kind == "async":
        asyncio.run(waiting(lines))
    else:
        plain(lines)
    sys.stdout.write(f"{time.process_time() - begun}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.read().splitlines())
