"""Mutation testing of the rules: which small changes of `syncd/model` and `syncd/decide` no test notices.

    uv run --group mutation python tests/campaign/mutation.py [FOLDER]

What is changed and what is tested stands in pyproject.toml under `tool.mutmut`. The tool writes beside what
it changes, so program and tests are first copied into FOLDER, or into a new one. It changes what stands in
functions and methods; constants, defaults and properties it leaves alone. The exit code is 1 where fewer than
`WANTED` percent are noticed.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
WANTED = 90
NOTICED = ("killed", "timeout")
_RESULT = re.compile(r"\s*(syncd\.(\w+\.\w+)\.\S+): (.+)")


def copied_to(folder: Path) -> Path:
    """The folder, with the program and its tests as they are now."""
    for name in ("syncd", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def mutmut(folder: Path, *words: str) -> str:
    """What a command of the tool says; it is nice to whatever else runs here."""
    command = ("nice", "-n", "15", sys.executable, "-m", "mutmut", *words)
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout[-4000:])
    return done.stdout


def figures(outcomes: dict[str, Counter[str]]) -> list[str]:
    """A line for each module and one for all: how many changes, and what became of them."""
    total = sum(outcomes.values(), Counter())
    words = sorted(total)
    lines = [f"{'module':20}{'changes':>10}" + "".join(f"{word:>12}" for word in words) + f"{'noticed':>10}"]
    for name, counts in [*sorted(outcomes.items()), ("all", total)]:
        cells = "".join(f"{counts[word]:12}" for word in words)
        lines.append(f"{name:20}{counts.total():10}{cells}{percent(counts):9.1f}%")
    return lines


def percent(counts: Counter[str]) -> float:
    """How much was noticed."""
    return 100 * sum(counts[word] for word in NOTICED) / max(1, counts.total())


def changed(folder: Path, name: str) -> list[str]:
    """The lines that this change takes away and puts there."""
    lines = mutmut(folder, "show", name).splitlines()
    return [line for line in lines if re.match(r"[-+](?![-+])", line)]


def run(folder: Path) -> int:
    """Change, test and tell."""
    mutmut(copied_to(folder), "run", "--max-children", "1")
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for name, module, outcome in _RESULT.findall(mutmut(folder, "results", "--all", "true")):
        outcomes[module][outcome] += 1
        if outcome not in NOTICED:
            tell(f"{name}: {outcome}", *changed(folder, name))
    tell("", *figures(outcomes))
    return int(percent(sum(outcomes.values(), Counter())) < WANTED)


def tell(*lines: str) -> None:
    """Print them."""
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()


if __name__ == "__main__":
    given = Path(sys.argv[1]) if sys.argv[1:] else Path(tempfile.mkdtemp(prefix="syncd-mutation-"))
    given.mkdir(exist_ok=True)
    tell(f"changing the rules in {given}")
    raise SystemExit(run(given))
