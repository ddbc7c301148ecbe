"""The daemon: every shop by its own timetable, until it is told to stop.

Settings are for one generation of shops: a reload ends a generation in order and begins the next one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from syncd import __version__
from syncd.clock import Clock
from syncd.config.changes import changes, needs_restart, taken_over
from syncd.config.keys import dotted
from syncd.config.load import Loaded
from syncd.config.settings import Settings
from syncd.errors import ConfigError, CredentialsRefused
from syncd.events import Event, tell
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import MEANINGS, Kind
from syncd.service.alerts.desk import alerting
from syncd.service.alerts.watch import Watch
from syncd.service.alongside import alongside
from syncd.service.build import open_shops
from syncd.service.call_log import CallLog
from syncd.service.cycle_log import CycleLog
from syncd.service.daemon_state import SignOfLife
from syncd.service.housekeeping import Housekeeping
from syncd.service.logs import set_up
from syncd.service.metrics import Metrics, serving_metrics
from syncd.service.pulse import Pulse
from syncd.service.refused import Refused
from syncd.service.retention import Retention
from syncd.service.shop_loop import ShopLoop
from syncd.service.signals import heeded
from syncd.service.status_line import StatusLine
from syncd.service.supervisor import Supervisor
from syncd.service.systemd import Notifier
from syncd.service.timetable import timetable
from syncd.store.store import Store
from syncd.sync.observer import Observers

_LONGEST_PAUSE = 90.0
"""Seconds between two requests of a shop at work: the longest pause that is waited for, and some more."""
_EXTENSION = 10.0
"""Seconds that systemd is asked for at a time while something is in flight."""
_SIGN_OF_LIFE = 10.0
"""Seconds between two of them, where no watchdog wants them more often."""
_PROBLEMS = 10
"""Problems of a config file that an alert tells."""
_EVENT_LOOP = "event loop"
"""What makes progress besides the shops."""


@dataclass(slots=True)
class Daemon:
    """Runs once. `reload` reads the settings anew, or raises ConfigError."""

    settings: Settings
    store: Store
    clock: Clock
    reload: Callable[[], Loaded]
    notifier: Notifier
    code: int = 0
    stopping: bool = False
    pending: Settings | None = None
    late: list[str] = field(default_factory=list)
    standing: dict[str, Alert] = field(default_factory=dict)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    pulse: Pulse = field(init=False)
    cycle_log: CycleLog = field(init=False)
    metrics: Metrics = field(init=False)
    signs: SignOfLife = field(init=False)
    status_line: StatusLine = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.clock, _LONGEST_PAUSE)
        self.cycle_log = CycleLog(self.clock)
        self.signs = SignOfLife(self.store, self.clock)
        self.status_line = StatusLine(self.store, self.clock)

    async def run(self) -> int:
        """Work until a signal, or until no login works; the exit code.

        Raises:
            StoreTrouble, StoreDamaged: The store cannot be used any more.
            ConfigError: The settings of the network cannot be used.
            CannotListen: The address for metrics is taken.
        """
        await self.signs.leave()
        try:
            with (
                serving_metrics(self.settings, self.clock, lambda: self.pulse.alive) as self.metrics,
                heeded(self._stop, self._reload),
            ):
                await alongside(self._generations(), self._show_life(), self._ask_for_time())
        finally:
            self.notifier.close()
        self.signs.end()
        tell(Event.STOPPED, exit_code=self.code)
        return self.code

    async def _generations(self) -> None:
        while not self.stopping:
            before, self.settings, self.pending = self.settings, self.pending or self.settings, None
            self.leaving.clear()
            try:
                await self._generation(before)
            except ConfigError as error:
                if before is self.settings:
                    raise
                self.settings = before
                self._refuse(error)

    async def _generation(self, before: Settings) -> None:
        """Work with the settings as they are, until they change or it is time to stop."""
        settings = self.settings
        self.pulse.limit = settings.network.timeout.total_seconds() + _LONGEST_PAUSE
        async with alerting(settings, self.store, self.clock, self.standing) as desk:
            await self._work(before, desk.watch)

    async def _work(self, before: Settings, watch: Watch) -> None:
        settings = self.settings
        self.status_line = StatusLine(self.store, self.clock)
        retention = Retention(self.store.database, self.clock, settings.store.keep)
        house = Housekeeping(
            self.clock, [self.signs.leave, self._tell_status, self.metrics.written, retention.tidy]
        )
        enabled = [name for name, shop in settings.shops.items() if shop.sync.enabled]
        refused = Refused(enabled, self._give_up)
        watching = (self.cycle_log, self.status_line, self.metrics, self.pulse, refused, house, watch)
        observers = Observers([CallLog(), *watching])
        async with open_shops(settings, self.store, self.clock, observer=observers) as shops:
            loops = [
                ShopLoop(shop, settings.shops[shop.name].sync.poll_interval, self.leaving, self.pulse)
                for shop in shops
            ]
            await self._tell_begin(before)
            with timetable([loop for loop in loops if loop.shop.policy.enabled], self.clock):
                await alongside(Supervisor(self.pulse, watch.broke).run(loops), house.run())

    async def _tell_begin(self, before: Settings) -> None:
        if before.logging != self.settings.logging or before.secrets() != self.settings.secrets():
            set_up(self.settings.logging.level, self.settings.logging.format, self.settings.secrets())
        for name, shop in self.settings.shops.items():
            if not shop.sync.enabled:
                tell(Event.SHOP_DISABLED, shop=name, hint="set [sync] enabled = true")
            elif shop.guard.dry_run:
                tell(Event.SHOP_DRY_RUN, shop=name, hint="syncd list --state due shows what it would write")
        if before is self.settings:
            tell(Event.READY)
        else:
            changed = [dotted(key) for key in changes(before, self.settings)]
            tell(Event.RELOAD_DONE, changed=changed, restart_needed=self.late)
        self.metrics.in_effect(self.settings)
        if not self.stopping:
            self.notifier.ready(await self.status_line.told(self.settings))

    def _stop(self) -> None:
        self.stopping = True
        self.leaving.set()
        self.notifier.stopping("stopping: finishing what is in flight")

    def _give_up(self) -> None:
        self.code = CredentialsRefused.exit_code
        self.stopping = True
        self.leaving.set()

    def _reload(self) -> None:
        """Read the settings anew. Good ones take effect between two cycles; bad ones change nothing."""
        if self.stopping:
            return
        self.notifier.reloading(self.clock.monotonic())
        tell(Event.RELOAD_STARTED)
        try:
            wanted = self.reload()
        except ConfigError as error:
            self._refuse(error)
            return
        self.standing.clear()
        for warning in wanted.warnings:
            tell(Event.CONFIG_WARNING, warning=warning)
        self.late = [dotted(key) for key in changes(self.settings, wanted.settings) if needs_restart(key)]
        self.pending = taken_over(self.settings, wanted.settings)
        self.leaving.set()

    def _refuse(self, error: ConfigError) -> None:
        tell(Event.RELOAD_REFUSED, failure=error, problems=error.problems)
        self.metrics.refused()
        self._alert(error)
        count = max(1, len(error.problems))
        self.notifier.ready(f"reload refused, the old settings stay: {count} problem{'s' * (count > 1)}")

    def _alert(self, error: ConfigError) -> None:
        """People hear of it as long as the file is not mended."""
        kind, problems = Kind.RELOAD_REFUSED, error.problems[:_PROBLEMS]
        alert = Alert(kind, what=f"{error}.", details=problems, hint=MEANINGS[kind].todo)
        self.standing[alert.key] = alert

    async def _tell_status(self) -> None:
        self.notifier.status(await self.status_line.told(self.settings))

    async def _show_life(self) -> None:
        """Feed the watchdog as long as every shop makes progress, and this very loop."""
        period = self.notifier.watchdog / 3 if self.notifier.watchdog else _SIGN_OF_LIFE
        while True:
            self.pulse.rest(_EVENT_LOOP, period)
            if self.pulse.alive:
                self.notifier.alive()
            await self.clock.sleep(period)

    async def _ask_for_time(self) -> None:
        """While something is still in flight after the signal: `heeded` sets the limit."""
        await self.leaving.wait()
        while True:
            if self.stopping:
                self.notifier.extend(_EXTENSION)
            await self.clock.sleep(_EXTENSION / 2)


async def run(
    settings: Settings,
    store: Store,
    clock: Clock,
    *,
    reload: Callable[[], Loaded],
    notifier: Notifier | None = None,
) -> int:
    """Be the daemon; errors and exit code as `Daemon.run`."""
    enabled = [name for name, shop in settings.shops.items() if shop.sync.enabled]
    tell(Event.STARTED, version=__version__, shops=enabled, store=store.database.path)
    return await Daemon(settings, store, clock, reload, notifier or Notifier()).run()
