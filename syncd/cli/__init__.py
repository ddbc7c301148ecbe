"""The command line: a module per command, loaded when it is called."""

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from syncd import __version__
from syncd.cli.errors import BROKEN_PIPE, exit_code
from syncd.cli.options import config_option, json_option, load_settings

__all__ = ["COMMANDS", "cli", "config_option", "json_option", "load_settings", "main"]

# Name: module, the click command in it, and a line for the help.
COMMANDS = {
    "run": ("syncd.cli.run", "command", "The daemon: poll, decide and write, until it is stopped."),
    "once": ("syncd.cli.once", "command", "One cycle, then exit."),
    "plan": ("syncd.cli.plan", "command", "What would be written now, and why, writing nothing."),
    "backfill": ("syncd.cli.backfill", "command", "Take past cases in: show the plan, ask, then write."),
    "list": ("syncd.cli.list_", "command", "The cases, filtered by shop, state, reason or restock."),
    "show": ("syncd.cli.show", "command", "The story of one case: decisions, requests, answers."),
    "report": ("syncd.cli.report", "command", "TikTok against Shopify: every difference, and totals."),
    "retry": ("syncd.cli.retry", "command", "Decide on a case again."),
    "dismiss": ("syncd.cli.dismiss", "command", "Never write a case."),
    "approve": ("syncd.cli.approve", "command", "Let a case through what holds it."),
    "link": ("syncd.cli.link", "command", "Say which refund in Shopify is the one of a case."),
    "restock": ("syncd.cli.restock", "command", "After inspection: put returned units back into stock."),
    "status": ("syncd.cli.status", "command", "Per shop: last good poll, backlog, what is held."),
    "check": ("syncd.cli.check", "command", "This machine, both sides, and how they go together."),
    "auth": ("syncd.cli.auth", "command", "Let the owner of a TikTok Shop authorise the app."),
    "config": ("syncd.cli.config", "command", "Check the config file, or print an example."),
    "db": ("syncd.cli.db", "command", "Check the store, or make a backup of it."),
    "completion": ("syncd.cli.completion", "command", "A script by which a shell completes commands."),
    "demo": ("syncd.cli.demo", "command", "A whole tour against a stand-in TikTok Shop and Shopify."),
}


class Program(click.Group):
    """The program: knows its commands without importing them, and ends with an exit code of ours."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader who has gone away, such as `head`, ends it quietly."""
        try:
            result: object = super().invoke(ctx)
            if sys.stdout:  # there is none when it was closed from the start
                sys.stdout.flush()
        except BrokenPipeError:
            # What is still in the buffer has nowhere to go: keep the interpreter from trying once more.
            sys.stdout = io.StringIO()
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        return result

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  # click's own way to end is never wanted
        windows_expand_args: bool = True,  # noqa: ARG002
        **extra: object,
    ) -> NoReturn:
        """Run the program and exit, whatever happens, with a code that says how it went."""
        run = super().main
        sys.exit(exit_code(lambda: run(args, prog_name, complete_var, standalone_mode=False, **extra)))


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@config_option
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Carry TikTok Shop returns and refunds over to Shopify: once, exactly, and with proof."""


def main() -> NoReturn:
    """Start the command line. Whatever file it makes is its owner's alone."""
    os.umask(0o077)
    if "_SYNCD_COMPLETE" in os.environ:
        import_module("syncd.cli.completion")  # knows how bash splits words
    cli.main(prog_name="syncd")
