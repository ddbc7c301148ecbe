"""`syncd completion`: what makes a shell complete commands, options, shops, reasons and held cases."""

from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
)

VARIABLE = "_SYNCD_COMPLETE"
"""By this variable of the environment a shell asks what fits."""
_SHELLS = ("bash", "zsh", "fish")


class Bash(BashComplete):
    """Completion for bash, for which a colon ends a word: `us:4035` comes as three."""

    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words as they were typed, and the one that is not whole yet."""
        args, incomplete = super().get_completion_args()
        whole: list[str] = []
        for word in (*args, incomplete):
            if whole and (word == ":" or whole[-1].endswith(":")):
                whole[-1] += word
                self._before = whole[-1][: whole[-1].rindex(":") + 1]
            else:
                whole.append(word)
                self._before = ""
        return whole[:-1], whole[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """What goes in place of bash's own last word: what is after the last colon."""
        return f"{item.type},{str(item.value).removeprefix(self._before)}"


add_completion_class(Bash, "bash")


@click.command(epilog="Example: syncd completion bash > /etc/bash_completion.d/syncd")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, *, shell: str) -> None:
    """Print a script for bash, zsh or fish, which then completes what is typed after `syncd`."""
    kind: type[ShellComplete] | None = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "syncd", VARIABLE).source())
