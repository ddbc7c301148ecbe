"""The shape of the program: imports point downwards, and the core touches nothing outside itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "syncd"
BELOW: dict[str, set[str]] = {
    "journald": set(),
    "redaction": set(),
    "errors": {"redaction"},
    "clock": set(),
    "events": {"errors"},
    "fields": set(),
    "outage": set(),
    "http": {"errors"},
    "calls": {"errors", "clock"},
    "model": set(),
    "decide": {"model"},
    "config": {"model", "errors"},
    "tiktok": {"model", "errors", "redaction", "clock", "http", "calls"},
    "shopify": {"model", "errors", "redaction", "clock", "http", "calls"},
    "store": {"model", "errors", "redaction"},
    "sync": {
        "model",
        "decide",
        "errors",
        "clock",
        "events",
        "outage",
        "redaction",
        "calls",
        "tiktok",
        "shopify",
        "store",
    },
    "service": {
        "model",
        "decide",
        "errors",
        "clock",
        "events",
        "outage",
        "redaction",
        "journald",
        "http",
        "calls",
        "tiktok",
        "shopify",
        "store",
        "sync",
        "config",
        "report",
    },
    "report": {"model", "decide", "errors"},
    "sandbox": {"model", "errors", "clock"},
    "demo": {"model", "errors", "clock", "store", "service", "sandbox"},
    "cli": {
        "redaction",
        "journald",
        "model",
        "errors",
        "clock",
        "tiktok",
        "store",
        "sync",
        "service",
        "config",
        "report",
        "sandbox",
    },
}
PURE = {
    "abc",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "hashlib",
    "json",
    "re",
    "typing",
}
"""All of the standard library that the core may use; nothing of it reaches outside the process."""
FORBIDDEN_CALLS = {"open", "print", "input", "now", "utcnow", "today", "time", "monotonic", "sleep"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def layer(path: Path) -> str:
    """The folder, or the module right in the package; the demo stands above what it shows."""
    if "demo" in path.relative_to(PACKAGE).parts:
        return "demo"
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def core() -> list[Path]:
    """The modules of `model` and `decide`."""
    return [path for path in MODULES if layer(path) in {"model", "decide"}]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards_only(path: Path) -> None:
    """Nothing knows what is built on top of it."""
    own = layer(path)
    if own in {"__init__", "__main__"}:
        return
    used = {name.split(".")[1] for name in imports(path) if name.startswith("syncd.")}

    assert used - {own} <= BELOW[own]


@pytest.mark.parametrize("path", core(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_core_imports_nothing_that_does_input_or_output(path: Path) -> None:
    """Only itself and a handful of pure modules of the standard library."""
    outside = {name.split(".")[0] for name in imports(path)} - {"syncd"}

    assert outside <= PURE & sys.stdlib_module_names


@pytest.mark.parametrize("path", core(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_core_reads_no_clock_and_awaits_nothing(path: Path) -> None:
    """Time and facts come in as values."""
    tree = ast.parse(path.read_text())
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }

    assert not called & FORBIDDEN_CALLS
    assert not any(isinstance(node, ast.Await | ast.AsyncFunctionDef) for node in ast.walk(tree))
