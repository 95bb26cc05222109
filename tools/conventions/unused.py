"""Unused code, found by vulture. pyproject.toml lists the names that only a framework uses."""

import ast
import fnmatch
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vulture import Vulture, noqa
from vulture.core import IGNORED_VARIABLE_NAMES

from tools.conventions.sources import REPOSITORY, Finding, Source

PLAIN_DECORATORS = {
    "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "override", "property",
    "setter", "staticmethod",
}  # fmt: skip
"""Any other decorator registers its function or class, which is a use."""
_FLOW = (
    ast.Break, ast.Continue, ast.Return, ast.Raise, ast.FunctionDef, ast.AsyncFunctionDef, ast.With,
    ast.AsyncWith, ast.While, ast.For, ast.AsyncFor, ast.If, ast.IfExp, ast.Try,
)  # fmt: skip
"""The nodes that vulture's Reachability visits, besides the module."""


def options() -> dict[str, Any]:
    """The section of vulture in pyproject.toml."""
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["vulture"]


def check(files: Iterable[Source], ignore_names: Sequence[str] | None = None) -> Iterator[Finding]:
    """Everything that is defined and not used. Settings use the members of enums by their values."""
    names = options()["ignore_names"] if ignore_names is None else ignore_names
    ignored = re.compile("|".join(map(fnmatch.translate, names)) or "(?!)")
    vulture = _Vulture()
    used: set[tuple[str, int]] = set()
    for source in files:
        vulture.scan_nodes(source)
        used |= {(source.path, line) for line in _used_elsewhere(source)}
    for item in vulture.get_unused_code():
        path = str(item.filename)
        if (path, item.first_lineno) not in used and not ignored.match(item.name):
            yield Finding(path, item.first_lineno, f"{item.message}; delete it, or list it in pyproject.toml")


class _Vulture(Vulture):
    """Vulture on files that are parsed already."""

    def scan_nodes(self, source: Source) -> None:
        """Visit the nodes of a file, and a statement after those in it, on which it depends what follows."""
        self.filename = Path(source.path)
        self.code = source.text.splitlines()
        self.noqa_lines = noqa.parse_noqa(self.code)
        statements = sorted(source.of_type(*_FLOW), key=lambda node: (node.lineno, node.col_offset))
        for node in (*reversed(statements), source.tree):
            self.reachability.visit(node)
        self.reachability.reset()
        for kind, nodes in source.nodes.items():
            if kind is ast.Constant:
                continue  # it holds no node that could be visited
            if visit := getattr(self, f"visit_{kind.__name__}", None):
                for node in self._not_read(nodes) if kind in (ast.Name, ast.Attribute) else nodes:
                    visit(node)

    def _not_read(self, nodes: Sequence[Any]) -> Iterator[Any]:
        """Those that give something a name. Nine of ten read one, which is a use and needs no visit."""
        for node in nodes:
            if type(node.ctx) is not ast.Load:
                yield node
            elif type(node) is ast.Attribute:
                self.used_names.add(node.attr)
            elif node.id not in IGNORED_VARIABLE_NAMES:
                self.used_names.add(node.id)


def _used_elsewhere(source: Source) -> Iterator[int]:
    """The first lines of enum members, and of functions and classes that their decorators register."""
    for node in source.of_type(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef):
        if any(_last_name(decorator) not in PLAIN_DECORATORS for decorator in node.decorator_list):
            yield node.decorator_list[0].lineno
    for node in source.of_type(ast.ClassDef):
        if any(ast.unparse(base).endswith("Enum") for base in node.bases):
            yield from (statement.lineno for statement in node.body if isinstance(statement, ast.Assign))


def _last_name(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator).rpartition(".")[2]
