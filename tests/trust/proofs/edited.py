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
    before, after = (compile(version, path, "exec", dont_inherit=True) for version in (source, text))
    known = dict(_codes(before))
    changed = {name: code for name, code in _codes(after) if code != known.get(name)}
    constants = _constants(monkeypatch, loaded, before, after) if _own(before) != _own(after) else 0
    functions = 0
    for name, code in changed.items():
        function = _function(loaded, name)
        if function is not None and function.__code__ != code:
            monkeypatch.setattr(function, "__code__", code)
            functions += 1
    assert constants or functions, f"{old!r} is in no function and in no constant of {module}"


def _own(code: CodeType) -> object:
    """A module's own statements, without its functions."""
    return code.co_code, code.co_names, [value for value in code.co_consts if not isinstance(value, CodeType)]


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
    function: Any = target.fget if isinstance(target, property) else target
    target = inspect.unwrap(function) if function else None
    target = getattr(target, "__func__", target)
    return target if isinstance(target, FunctionType) else None


def _constants(monkeypatch: pytest.MonkeyPatch, module: ModuleType, before: CodeType, after: CodeType) -> int:
    old, new = (_executed(module, code) for code in (before, after))
    count = 0
    for name, value in new.items():
        if isinstance(value, _PLAIN) and not name.startswith("__") and repr(value) != repr(old.get(name)):
            monkeypatch.setattr(module, name, value)
            count += 1
    return count


def _executed(module: ModuleType, code: CodeType) -> dict[str, Any]:
    namespace = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, namespace)
    return namespace
