"""The SDKs, imported lean, are the same to Pulumi and to a program, and code that is kept is never stale."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import cache_from_source, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from components.sdk_imports import IMPORTED_LATER, LeanLoader, import_lean

NAMES = ("keyvault", "managedidentity", "containerservice")
MODULES = (*(f"pulumi_azure_native.{name}" for name in NAMES), "pulumi_kubernetes.core.v1")
TYPES = """
import json, sys
from collections.abc import Iterator
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
    named = [getattr(each, name) for each in (module, module.outputs) for name in dir(each)]
    kinds = [kind for kind in named if isinstance(kind, type)]
    return {
        f"{kind.__module__}.{kind.__qualname__}": {at: repr(of) for at, of in types_of(kind).items()}
        for kind in kinds
    }
"""
PLAIN = f"{TYPES}\nprint(json.dumps([types_in(name) for name in {MODULES}]))"
SOURCE = 'class Vault:\n    """A vault."""\n    name: Absent\n'


def _loaded(file: Path) -> dict[str, Any]:
    code = LeanLoader("module", str(file)).get_code("module")
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
    return Path(cache_from_source(str(file), optimization=f"lean{sys.flags.optimize}"))


@pytest.mark.servers
def test_pulumi_reads_the_same_types() -> None:
    """The types of each property of each class, in a process without that way to import."""
    assert type(import_module(MODULES[0]).__loader__) is LeanLoader
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True)
    namespace: dict[str, Any] = {}
    exec(TYPES, namespace)
    here = [namespace["types_in"](name) for name in MODULES]
    assert here == json.loads(done.stdout)
    assert sum(len(types) > 1 for kinds in here for types in kinds.values()) > 800


def test_annotations_stay_text_without_docstrings_and_the_code_is_kept(module: Path) -> None:
    vault = _loaded(module)["Vault"]
    assert vault.__annotations__ == {"name": "Absent"}
    assert vault.__doc__ is None
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
    import_lean()
    assert sys.meta_path == before


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An SDK in small: a class named as its module, two names in one module, a module without a list."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "lean_package"
    (folder / "__pycache__").mkdir(parents=True)
    for name, source in {
        "__init__": "import typing\nfrom .Secret import *\nfrom .vault import *\nfrom .all import *\n",
        "Secret": "__all__ = ['Secret']\nclass Secret: pass\n",
        "vault": "__all__ = [\n    'VaultArgs',\n    'Vault',\n]\nclass VaultArgs: pass\nclass Vault: pass\n",
        "all": "at_once = True\n",
    }.items():
        (folder / f"{name}.py").write_text(source)
    file = str(folder / "__init__.py")
    loader = LeanLoader("lean_package", file)
    spec = spec_from_file_location("lean_package", file, loader=loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["lean_package"] = module
    loader.exec_module(module)
    yield module
    for name in [name for name in sys.modules if name.partition(".")[0] == "lean_package"]:
        del sys.modules[name]


def test_a_module_is_imported_when_a_name_of_it_is_used(package: ModuleType) -> None:
    assert package.at_once  # its module lists no names, so it is not waited for
    assert "lean_package.vault" not in sys.modules
    assert package.Vault is import_module("lean_package.vault").Vault
    assert package.vault is sys.modules["lean_package.vault"]
    assert "lean_package.Secret" not in sys.modules
    with pytest.raises(AttributeError, match="module 'lean_package' has no attribute 'Valut'"):
        _ = package.Valut


def test_a_class_that_is_named_as_its_module_stays_the_class(package: ModuleType) -> None:
    """A pickle, for one, imports the module itself."""
    secret = import_module("lean_package.Secret").Secret
    assert package.Secret is secret


def test_a_test_replaces_a_class(package: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = package.Vault
    monkeypatch.setattr(package, "Vault", "simulated")
    assert package.Vault == "simulated"
    assert package.VaultArgs.__module__ == "lean_package.vault"
    assert package.Vault == "simulated"
    monkeypatch.undo()
    assert package.Vault is vault


def test_a_package_lists_all_of_its_names(package: ModuleType) -> None:
    assert {"Secret", "Vault", "VaultArgs", "at_once", "typing"} <= set(dir(package))
    namespace: dict[str, Any] = {}
    exec("from lean_package import *", namespace)
    assert {"Secret", "Vault", "VaultArgs", "at_once", "typing"} <= set(namespace)


def test_the_sdks_are_generated_as_the_loader_expects() -> None:
    """Their packages import modules by star, which list their names, and no assertion gets lost."""
    for name in MODULES:
        spec = import_module(name).__spec__
        assert spec is not None
        assert spec.origin is not None
        package = LeanLoader(name, spec.origin).source()
        assert IMPORTED_LATER in package
        assert "import *" not in package
        for file in Path(spec.origin).parent.glob("*.py"):
            assert re.search(r"^\s*assert\b|__debug__", file.read_text(), re.MULTILINE) is None, file
