"""`syncd db`: check the store, or make a backup of it; also beside the running daemon."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.errors import StoreDamaged, UsageError
from syncd.service.session import become_owner
from syncd.store.checking import Content, Finding, in_bytes, look_over, prove_content
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from


@click.group()
@config_option
def command() -> None:
    """Check the store, or make a backup of it, whether the daemon runs or not."""


@command.command(short_help="Look the store over.", epilog="Example: syncd db check")
@config_option
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> int:
    """Look the store over, a line for each look, without changing a byte of it.

    Exit code 0 where all is well, 65 where it is damaged or not ours, 74 where the disk is in the way.
    """
    path = load_settings(ctx, logins=False).settings.store.path
    become_owner(path)
    findings = list(look_over(path, snapshot_from))
    trouble = next((finding.trouble for finding in findings if finding.trouble), None)
    if as_json:
        output.as_json({"ok": trouble is None, "path": path, "looks": [_look_json(one) for one in findings]})
    for line in () if as_json else _look_lines(findings):
        click.echo(line)
    return trouble.exit_code if trouble else os.EX_OK


def _look_json(finding: Finding) -> Mapping[str, object]:
    well = finding.trouble is None
    return {"look": finding.look, "ok": well, "text": finding.text, "hint": finding.hint}


def _look_lines(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"{finding.look:<8} {'BAD' if finding.trouble else 'ok'}: {finding.text}"
        if finding.hint:
            yield f"{'':<8} hint: {finding.hint}"


@command.command(short_help="Make a backup.", epilog="Example: syncd db backup /var/backups/syncd-1.db")
@config_option
@json_option
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_context
def backup(ctx: click.Context, *, as_json: bool, path: Path) -> None:
    """Write all that the store holds now into the new file PATH, and check it.

    The file is whole, needs no other one beside it, and only its owner can read it: it holds the logins.
    """
    store = load_settings(ctx, logins=False).settings.store.path
    become_owner(store)
    if path.exists():
        raise UsageError(f"{path} is there already", hint="name a new file; nothing is overwritten")
    content = _copied(store, path)
    if as_json:
        output.as_json(_backup_json(path, content))
    for line in () if as_json else _backup_lines(path, content):
        click.echo(line)


def _copied(store: Path, path: Path) -> Content:
    """Make the copy; what is in it.

    Raises:
        StoreDamaged: The store, or what was made of it, is not as it was written; there is no copy then.
    """
    proven: list[Content] = []
    with closing(Database.read(store)) as database:
        try:
            database.copy_to(path, lambda draft: proven.append(_proven(draft)))
        except StoreDamaged as error:
            raise StoreDamaged(
                f"no backup was made: {error.what}",
                hint="syncd db check tells whether it is the store's fault",
            ) from error
    return proven[0]


def _proven(path: Path) -> Content:
    with closing(Database.read(path)) as database:
        database.prove_whole()
    with closing(Store.look(path, snapshot_from)) as store:
        return prove_content(store)


def _backup_json(path: Path, content: Content) -> Mapping[str, object]:
    shops = {
        shop: {"cases": count, "read_up_to": content.read_up_to[shop]}
        for shop, count in content.cases.items()
    }
    size = path.stat().st_size
    return {"path": path, "bytes": size, "step": content.step, "snapshots": content.snapshots, "shops": shops}


def _backup_lines(path: Path, content: Content) -> Iterator[str]:
    yield f"{path}: {in_bytes(path.stat().st_size)}, step {content.step}, checked"
    for shop, count in content.cases.items():
        read = (
            f", {kind}s read up to {at:%Y-%m-%d %H:%M:%S}Z" for kind, at in content.read_up_to[shop].items()
        )
        yield f"  {shop}: {count} cases{''.join(read)}"
    yield "  It holds the logins as well: keep it as safe as the store."
