"""A module of the program with one place of its source changed, for the time of a test."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

_PLAIN = (str, int, float, bool, tuple, list, dict, set, frozenset, type(None))


def edit(monkeypatch: pytest.MonkeyPatch, module: str, old: str, new: str) -> None:
    """Run a module as if its source had another text in the one place where it has ``old``.

    Functions and methods run the changed code, and constants of plain data have the changed value. A module
    that has imported such a constant keeps the old one.
    """
    loaded = importlib.import_module(module)
    path = Path(loaded.__file__ or "")
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{path.name} has {source.count(old)} places with {old!r}"
    text = source.replace(old, new)
    before = dict(_codes(compile(source, path, "exec", dont_inherit=True)))
    changed = {
        name: code
        for name, code in _codes(compile(text, path, "exec", dont_inherit=True))
        if code != before.get(name)
    }
    constants = _constants(monkeypatch, loaded, text) if "<module>" in changed else 0
    functions = 0
    for name, code in changed.items():
        function = _function(loaded, name)
        if function is not None and function.__code__ != code:
            monkeypatch.setattr(function, "__code__", code)
            functions += 1
    assert constants or functions, f"{old!r} is in no function and in no constant of {module}"


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """The code of a module and of each function in it, by its qualified name."""
    yield code.co_qualname, code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _function(module: ModuleType, name: str) -> FunctionType | None:
    """None: it is within another function, and comes with that."""
    target: Any = module
    for part in name.split("."):
        target = vars(target).get(part) if isinstance(target, type | ModuleType) else None
    target = inspect.unwrap(target.fget if isinstance(target, property) else target) if target else None
    target = getattr(target, "__func__", target)
    return target if isinstance(target, FunctionType) else None


def _constants(monkeypatch: pytest.MonkeyPatch, module: ModuleType, text: str) -> int:
    other = ModuleType(module.__name__)
    other.__file__ = module.__file__
    exec(compile(text, module.__file__ or "", "exec", dont_inherit=True), vars(other))
    count = 0
    for name, value in vars(other).items():
        if name.startswith("__") or not isinstance(value, _PLAIN) or vars(module).get(name) == value:
            continue
        if repr(value) != repr(vars(module).get(name)):
            monkeypatch.setattr(module, name, value)
            count += 1
    return count
