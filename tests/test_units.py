"""The systemd units: accepted, narrow, and in step with the program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syncd import errors
from syncd.clock import SystemClock
from syncd.config.load import DEFAULT_FILES
from syncd.config.tables import Store
from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair

_CONFIG = Path(__file__).parents[1] / "config"
_UNITS = ("syncd.service", "syncd@.service")
_PROGRAM = "/opt/syncd/bin/syncd"
_EXPOSURE = 15
"""Tenths: 1.5 of 10."""


def _tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"this machine has no {name}")


def _run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout


def _lines(name: str) -> list[str]:
    """The lines that systemd reads."""
    return [line for line in (_CONFIG / name).read_text().splitlines() if line and line[0] not in "#;"]


def _value(key: str, name: str = "syncd.service") -> str:
    (value,) = (line.partition("=")[2] for line in _lines(name) if line.startswith(f"{key}="))
    return value


@pytest.mark.parametrize("unit", _UNITS)
def test_units_are_accepted(unit: str, tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say about them."""
    copy = tmp_path / unit
    copy.write_text((_CONFIG / unit).read_text().replace(_PROGRAM, "/bin/true"))
    code, said = _run(_tool("systemd-analyze"), "verify", "--recursive-errors=no", copy)
    assert (code, [line for line in said.splitlines() if "syncd" in line]) == (0, [])


@pytest.mark.parametrize("unit", _UNITS)
def test_units_are_narrow(unit: str, tmp_path: Path) -> None:
    """By systemd's own measure they expose little."""
    copy = shutil.copy(_CONFIG / unit, tmp_path)
    code, said = _run(
        _tool("systemd-analyze"), "security", "--offline=true", f"--threshold={_EXPOSURE}", copy
    )
    assert code == 0, said.splitlines()[-1]


def test_instances_differ_only_in_their_places() -> None:
    """The unit for several instances is the other one, with places of its own."""
    alone, several = map(_lines, _UNITS)
    assert [(a, s) for a, s in zip(alone, several, strict=True) if a != s] == [
        (_line, _line.replace(old, new))
        for key, old, new in (
            ("Description", "syncd:", "syncd %i:"),
            ("ExecStart", "syncd.toml", "%i.toml"),
            ("StateDirectory", "syncd", "syncd/%i"),
            ("RuntimeDirectory", "syncd", "syncd-%i"),
            ("LoadCredential", "/credentials", "/%i.credentials"),
        )
        for _line in (f"{key}={_value(key)}",)
    ]


def _all_errors(kind: type[errors.SyncdError] = errors.SyncdError) -> Iterator[type[errors.SyncdError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _all_errors(inner)


def test_no_restart_for_what_it_cannot_mend() -> None:
    """The exit codes that a person has to mend prevent a restart, and only those."""
    lasting = (errors.UsageError, errors.ConfigError, errors.StoreDamaged, errors.CredentialsRefused)
    wanted = {kind.exit_code for kind in lasting}
    assert {int(code) for code in _value("RestartPreventExitStatus").split()} == wanted
    assert {kind.exit_code for kind in _all_errors()} - wanted == {
        os.EX_UNAVAILABLE,
        os.EX_SOFTWARE,
        os.EX_IOERR,
        os.EX_TEMPFAIL,
    }


def test_no_outage_is_too_long() -> None:
    """Everything else is restarted, without a limit on how often."""
    assert (_value("Restart"), _value("StartLimitIntervalSec")) == ("on-failure", "0")


def test_reload_type_for_newer_systemd() -> None:
    """The drop-in for systemd 253 changes the type, and takes away the command that would signal twice."""
    drop_in = "syncd.service.d/notify-reload.conf"
    assert _lines(drop_in) == ["[Service]", "Type=notify-reload", "ExecReload="]


def test_the_unit_and_the_program_mean_the_same_places() -> None:
    """The config file, the store and the credentials are where the program looks for them."""
    assert _value("ExecStart") == f"{_PROGRAM} run -c {DEFAULT_FILES[1]}"
    assert Store().path == Path("/var/lib") / _value("StateDirectory") / "syncd.db"
    assert DEFAULT_FILES[1].parent == Path("/etc") / _value("ConfigurationDirectory")


def test_the_unit_has_the_user_and_the_folders_that_are_made() -> None:
    """What sysusers.d and tmpfiles.d make is what the unit names, with the same rights."""
    user, (_, credentials) = _value("User"), _value("LoadCredential").split(":")
    assert [line.split()[:2] for line in _lines("sysusers.d/syncd.conf")] == [["u", user]]
    assert [line.split() for line in _lines("tmpfiles.d/syncd.conf")] == [
        ["d", "/etc/syncd", _value("ConfigurationDirectoryMode"), "root", user, "-"],
        ["d", credentials, "0700", "root", "root", "-"],
        ["d", str(Store().path.parent), _value("StateDirectoryMode"), user, user, "-"],
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders to others")
def test_the_user_and_the_folders_can_be_made(tmp_path: Path) -> None:
    """Systemd takes both files, and the folders are open to nobody else."""
    (tmp_path / "etc").mkdir()
    root = f"--root={tmp_path}"
    code, said = _run(_tool("systemd-sysusers"), root, _CONFIG / "sysusers.d/syncd.conf")
    assert code == 0, said
    assert "syncd:x:" in (tmp_path / "etc/passwd").read_text()
    code, said = _run(_tool("systemd-tmpfiles"), "--create", root, _CONFIG / "tmpfiles.d/syncd.conf")
    assert (code, said) == (0, "")
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in ("etc/syncd", "var/lib/syncd")}
    assert modes == {"etc/syncd": 0o750, "var/lib/syncd": 0o700}


class _BehindClock(SystemClock):
    """Two seconds ago: what changes "now" was changed before the next poll begins."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=2)


_UNDER_MDWE = """
import ctypes, importlib, mmap, ssl, sys
from importlib.util import find_spec
libc = ctypes.CDLL(None, use_errno=True)
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
if libc.prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit(222)
page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
executable = libc.mprotect(ctypes.c_void_p(address), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)
assert executable == -1, "memory that was writable became executable"
ssl.create_default_context()
if find_spec("prometheus_client"):
    importlib.import_module("prometheus_client")
from syncd.config.tables import Network
from syncd.service.alerts.through_apprise import load
load(Network())  # all that sending an alert may take
from syncd.cli import main
sys.argv = ["syncd", "once", "-c", sys.argv[1]]
main()
"""


def test_no_memory_need_be_writable_and_executable(tmp_path: Path) -> None:
    """MemoryDenyWriteExecute= harms nothing that syncd uses: a whole cycle, and what is loaded late."""
    pair = Pair(_BehindClock())
    file = tmp_path / "syncd.toml"
    sold = pair.sell({"MUG": "20.00"})
    pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    with pair.serving():
        start = (pair.clock.now() - timedelta(days=1)).isoformat()
        enabled = f"[sync]\nenabled = true\nstart_from = {start}\n"
        file.write_text(enabled + pair.config(tmp_path / "syncd.db", tables={}))
        file.chmod(0o600)
        code, said = _run(sys.executable, "-c", _UNDER_MDWE, file)
    if code == 222:
        pytest.skip("this kernel cannot forbid it (PR_SET_MDWE, Linux 6.3)")
    assert (code, len(sold.shopify.refunds)) == (0, 1), said
