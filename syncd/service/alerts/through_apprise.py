"""Apprise, quiet, one address at a time. It blocks, so it is called in a thread.

It loads a hundred services, which takes a second or two and some 40 MB: only where there is somebody to tell.
Where it has no settings of its own it goes by the environment, as `requests` does.
"""

import atexit
import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from syncd.config.tables import Network
from syncd.service.alerts.addresses import Address
from syncd.service.alerts.message import Message

if TYPE_CHECKING:
    import apprise

UNREADABLE = "Apprise does not understand this address, or lacks a package for it"
_NOISY = ("apprise", "urllib3", "requests", "charset_normalizer", "markdown", "MARKDOWN")
"""Loggers that may print addresses."""


def load(network: Network) -> None:
    """Import Apprise with all its services, quiet, and by our way to the network."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    _set_environment(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on some Pythons a service imports what they call deprecated
        import apprise  # noqa: PLC0415 - see above

        apprise.Apprise.instantiate("json://localhost")


def _set_environment(network: Network) -> None:
    """The only settings of a proxy and of authorities that `requests` takes from outside."""
    if network.proxy:
        os.environ.update({"http_proxy": network.proxy, "https_proxy": network.proxy})
    if network.ca_file:
        os.environ["REQUESTS_CA_BUNDLE"] = str(_bundle(Path(network.ca_file)))


def _bundle(ca_file: Path) -> Path:
    """The usual authorities and those of `ca_file` in one file."""
    import certifi  # noqa: PLC0415 - comes with Apprise

    with tempfile.NamedTemporaryFile(prefix="syncd-ca-", suffix=".pem", delete=False) as bundle:
        bundle.write(Path(certifi.where()).read_bytes() + b"\n" + ca_file.read_bytes())
    path = Path(bundle.name)
    atexit.register(path.unlink, missing_ok=True)
    return path


def service(address: Address) -> "apprise.NotifyBase | None":
    import apprise  # noqa: PLC0415

    # One call at a time in our own thread: Apprise's pools would keep the program from ending. Redirects
    # would turn a message into an empty request that seems to go through.
    asset = apprise.AppriseAsset(async_mode=False, service_timeout=0, http_redirects=False, app_id="syncd")
    return apprise.Apprise.instantiate(address.url, asset=asset)


def sent(address: Address, message: Message) -> str:
    """Send it; nothing, or why it did not go through."""
    import apprise  # noqa: PLC0415

    found = service(address)
    if found is None:
        return UNREADABLE
    result = apprise.Apprise(found).notify(
        title=message.title, body=message.body, notify_type=message.level.value, body_format="text"
    )
    if result:
        return ""
    words = [entry.message for entry in result.logs()]
    return "; ".join(words) or "it was not accepted"
