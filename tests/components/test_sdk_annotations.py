"""The SDKs with annotations that stay text are the same to Pulumi, and code that is kept is never stale."""

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from components.sdk_annotations import TextLoader, keep_annotations_as_text

NAMES = ("keyvault", "managedidentity", "containerservice")
MODULES = (*(f"pulumi_azure_native.{name}" for name in NAMES), "pulumi_kubernetes.core.v1")
TYPES = """
import json, sys
from importlib import import_module
from pulumi import Resource, _types

def types_of(cls):
    if _types.is_input_type(cls):
        return _types.input_type_types(cls)
    if _types.is_output_type(cls):
        return _types.output_type_types(cls)
    return _types.resource_types(cls) if issubclass(cls, Resource) else {}

def types_in(name):
    module = import_module(name)
    outputs = module.outputs  # only now the module is there
    kinds = [kind for kind in (*vars(module).values(), *vars(outputs).values()) if isinstance(kind, type)]
    return {
        f"{kind.__module__}.{kind.__qualname__}": {at: repr(of) for at, of in types_of(kind).items()}
        for kind in kinds
    }
"""
PLAIN = f"{TYPES}\nprint(json.dumps([types_in(name) for name in {MODULES}]))"
SOURCE = "class Vault:\n    name: Absent\n"


def _loaded(file: Path) -> dict[str, Any]:
    code = TextLoader("module", str(file)).get_code("module")
    assert code is not None
    namespace: dict[str, Any] = {"__name__": "module"}
    exec(code, namespace)
    return namespace


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "module.py"
    file.write_text(SOURCE)
    (tmp_path / "__pycache__").mkdir()
    return file


def _kept(file: Path) -> Path:
    return Path(cache_from_source(str(file), optimization=f"annotations{sys.flags.optimize}"))


@pytest.mark.servers
def test_pulumi_reads_the_same_types() -> None:
    """Of each property of each class, in a process without that way to import."""
    assert type(import_module(MODULES[0]).__loader__) is TextLoader
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True)
    namespace: dict[str, Any] = {}
    exec(TYPES, namespace)
    here = [namespace["types_in"](name) for name in MODULES]
    assert here == json.loads(done.stdout)
    assert sum(len(types) > 1 for kinds in here for types in kinds.values()) > 800


def test_annotations_stay_text_and_the_code_is_kept(module: Path) -> None:
    assert _loaded(module)["Vault"].__annotations__ == {"name": "Absent"}
    assert _kept(module).is_file()
    os.truncate(module, 0)
    module.write_text(SOURCE)
    assert _loaded(module)["Vault"].__annotations__ == {"name": "Absent"}


def test_a_changed_source_is_compiled_anew(module: Path) -> None:
    _loaded(module)
    module.write_text("added = 1\n")
    assert _loaded(module)["added"] == 1


def test_kept_code_is_what_is_loaded(module: Path) -> None:
    """Otherwise each start would compile."""
    _loaded(module)
    stats = module.stat()
    module.write_text(SOURCE.replace("Vault", "Other"))
    os.utime(module, ns=(stats.st_atime_ns, stats.st_mtime_ns))
    assert "Vault" in _loaded(module)


@pytest.mark.parametrize("left", [16, 40])
def test_kept_code_that_was_cut_off_is_made_anew(module: Path, left: int) -> None:
    _loaded(module)
    os.truncate(_kept(module), left)
    assert "Vault" in _loaded(module)
    assert _kept(module).stat().st_size > left


@pytest.mark.parametrize("why", ["no bytecode", "no folder", "no cache"])
def test_where_code_cannot_be_kept_python_imports_as_ever(
    module: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    module.write_text("class Vault:\n    name: str\n")
    if why == "no bytecode":
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
    elif why == "no folder":
        (module.parent / "__pycache__").rmdir()
    else:
        monkeypatch.setattr(sys.implementation, "cache_tag", None)
    assert _loaded(module)["Vault"].__annotations__ == {"name": str}


def test_one_finder_is_enough() -> None:
    before = list(sys.meta_path)
    keep_annotations_as_text()
    assert sys.meta_path == before
