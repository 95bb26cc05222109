"""Names that the project does not define, because the field has a better word: banned_names.toml lists them.

Checked: the names of functions, classes, parameters, variables and of attributes on ``self``. Free: keys of
the configuration, which users write, the names of tests, which are sentences, and whatever belongs to another
library.
"""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.conventions.sources import Finding, Source

BANNED_NAMES = Path(__file__).with_name("banned_names.toml")
CONFIG_KEYS = "stacks/settings/model"
"""The fields of the classes in this folder are keys of the configuration."""

Banned = Mapping[str, Mapping[str, str]]
"""Folder (`.`: all) -> old name -> what to write instead."""


def banned_names(path: Path = BANNED_NAMES) -> Banned:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check(files: Iterable[Source], banned: Banned) -> Iterator[Finding]:
    for source in files:
        replacements: dict[str, str] = {}
        for folder, names in banned.items():
            if folder == "." or source.is_in(folder):
                replacements |= names
        for line, name in sorted(definitions(source)):
            new = replacements.get(name) or replacements.get(name.lstrip("_"))
            if new:
                yield Finding(source.path, line, f"the name '{name}' is banned; write {new}")


def definitions(source: Source) -> Iterator[tuple[int, str]]:
    """Line and name of everything that the file names."""
    free = _config_keys(source) if source.is_in(CONFIG_KEYS) else set()
    for function in source.of_type(ast.FunctionDef, ast.AsyncFunctionDef):
        if not function.name.startswith("test_"):
            yield function.lineno, function.name
    for node in source.of_type(ast.ClassDef):
        yield node.lineno, node.name
    for node in source.of_type(ast.arg):
        yield node.lineno, node.arg
    for node in source.of_type(ast.Name):
        if type(node.ctx) is ast.Store and node not in free:
            yield node.lineno, node.id
    for node in source.of_type(ast.Attribute):
        holder = node.value
        if type(node.ctx) is ast.Store and isinstance(holder, ast.Name) and holder.id in ("self", "cls"):
            yield node.lineno, node.attr
    for node in source.of_type(ast.ExceptHandler, ast.MatchAs, ast.MatchStar):
        if node.name:
            yield node.lineno, node.name
    for node in source.of_type(ast.alias):
        if node.asname:
            yield node.lineno, node.asname
    for node in source.of_type(ast.MatchMapping):
        if node.rest:
            yield node.lineno, node.rest


def _config_keys(source: Source) -> set[ast.expr]:
    return {
        statement.target
        for node in source.of_type(ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
