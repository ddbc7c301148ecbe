"""A stand-in store, and Shopify's own schema of API 2026-10, as its developer tools ship it.

The npm package @shopify/dev-mcp carries the introspection result of every supported version. It is fetched
once and kept in pytest's cache; where npm is missing or cannot fetch, tests that need it are skipped.
"""

import gzip
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema

from tests.contract.store import Store, open_store

PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = "package/dist/data/admin_2026-10.json.gz"
_PATIENCE = 60


@pytest.fixture
def store() -> Iterator[Store]:
    """A stand-in for the development store whose answers are known."""
    with open_store("CAD") as store:
        yield store


@pytest.fixture(scope="session")
def admin_schema(pytestconfig: pytest.Config) -> GraphQLSchema:
    """The real schema, for validating documents and variables."""
    data: Any = json.loads(gzip.decompress(_kept(pytestconfig).read_bytes()))
    # Taken as valid: Shopify deprecates fields that their interfaces do not.
    return build_client_schema(data.get("data", data), assume_valid=True)


def _kept(config: pytest.Config) -> Path:
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is None:
        pytest.skip("pytest's cache is switched off, and Shopify's schema is kept there")
    kept = cache.mkdir("shopify-schema") / "admin_2026-10.json.gz"
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_bytes(_fetched())
        part.rename(kept)
    return kept


def _fetched() -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and Shopify's schema comes in an npm package")
    with TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", PACKAGE]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"npm cannot fetch {PACKAGE}: {type(error).__name__}")
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(packed) as archive:
            member = archive.extractfile(MEMBER)
            if member is None:
                pytest.fail(f"{PACKAGE} has no {MEMBER}")
            return member.read()
