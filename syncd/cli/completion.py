"""`syncd completion`: what makes a shell complete commands, options, shops, reasons and held cases."""

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")


@click.command(epilog="Example: syncd completion bash > /etc/bash_completion.d/syncd")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print a script for bash, zsh or fish, which then completes what is typed after `syncd`."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "syncd", "_SYNCD_COMPLETE").source())
