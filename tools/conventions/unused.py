"""Unused code, found by vulture. pyproject.toml lists the names that only a framework uses."""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vulture import Vulture, noqa

from tools.conventions.sources import REPOSITORY, Finding, Source

PLAIN_DECORATORS = {
    "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "override", "property",
    "setter", "staticmethod",
}  # fmt: skip
"""Any other decorator registers its function or class, which is a use."""


def options() -> dict[str, Any]:
    """The section of vulture in pyproject.toml."""
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["vulture"]


def check(files: Iterable[Source], ignore_names: Sequence[str] | None = None) -> Iterator[Finding]:
    """Everything that is defined and not used. Settings use the members of enums by their values."""
    vulture = _Vulture(ignore_names=options()["ignore_names"] if ignore_names is None else ignore_names)
    used: set[tuple[str, int]] = set()
    for source in files:
        vulture.scan_nodes(source)
        used |= {(source.path, line) for line in _used_elsewhere(source)}
    for item in vulture.get_unused_code():
        path = str(item.filename)
        if (path, item.first_lineno) not in used:
            yield Finding(path, item.first_lineno, f"{item.message}; delete it, or list it in pyproject.toml")


class _Vulture(Vulture):
    """Vulture on files that are parsed already."""

    def scan_nodes(self, source: Source) -> None:
        """Visit every node of a file after those in it."""
        self.filename = Path(source.path)
        self.code = source.text.splitlines()
        self.noqa_lines = noqa.parse_noqa(self.code)
        for node in reversed(source.nodes):
            if isinstance(node, ast.stmt | ast.IfExp | ast.Module):
                self.reachability.visit(node)
            if visit := getattr(self, f"visit_{type(node).__name__}", None):
                visit(node)
        self.reachability.reset()


def _used_elsewhere(source: Source) -> Iterator[int]:
    """The first lines of enum members, and of functions and classes that their decorators register."""
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any(_last_name(decorator) not in PLAIN_DECORATORS for decorator in node.decorator_list):
            yield node.decorator_list[0].lineno
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases):
            yield from (statement.lineno for statement in node.body if isinstance(statement, ast.Assign))


def _last_name(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator).rpartition(".")[2]
