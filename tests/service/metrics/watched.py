"""A world that is worked on and watched over real HTTP, as Prometheus does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from syncd.config import Settings
from syncd.service.metrics import Metrics, serving_metrics
from syncd.sync.cycle import CycleResult
from tests.sync.world import World

LISTEN = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    text: str


def get(
    port: int, path: str, *, address: str = "127.0.0.1", method: str = "GET", **headers: str | None
) -> Answer:
    """One request."""
    connection = HTTPConnection(address, port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read().decode())
    finally:
        connection.close()


@dataclass(slots=True)
class Watched:
    """What the daemon does with metrics, without the daemon."""

    world: World
    settings: Settings
    metrics: Metrics
    alive: list[bool] = field(default_factory=lambda: [True])

    async def cycle(self, *, polling: bool = True) -> CycleResult:
        """One cycle of a process that lives no longer."""
        async with self.world.running() as cycle:
            result = await cycle.run(polling=polling)
        self.metrics.cycled("us", result, 1.5)
        return result

    def get(self, path: str = "/metrics", **how: str) -> Answer:
        """One request."""
        return get(self.metrics.port, path, **how)

    def families(self) -> dict[str, Metric]:
        """What is served, by name, as a client of Prometheus reads it."""
        return {family.name: family for family in text_string_to_metric_families(self.get().text)}

    def values(self, name: str, **labels: str) -> dict[tuple[str, ...], float]:
        """The samples of that name with these labels, by their other labels in alphabetical order."""
        return {
            tuple(value for key, value in sorted(sample.labels.items()) if key not in labels): sample.value
            for family in self.families().values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        }

    def value(self, name: str, **labels: str) -> float | None:
        """The one sample of that name with exactly these labels."""
        return self.values(name, **labels).get(())


@contextmanager
def watching(world: World, **metrics: object) -> Iterator[Watched]:
    """Metrics as these keys of the config want them, hearing all that happens in the world."""
    world.tables["metrics"] = {"listen": LISTEN} | metrics
    settings = world.settings()
    alive = [True]
    with serving_metrics(settings, world.clock, lambda: alive[0]) as told:
        world.observer = told
        told.in_effect(settings)
        yield Watched(world, settings, told, alive)
