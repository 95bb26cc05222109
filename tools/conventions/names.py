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
    free = _config_keys(source.tree) if source.is_in(CONFIG_KEYS) else set()
    for node in source.nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("test_"):
                    yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) if node not in free:
                yield node.lineno, name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case _:
                pass


def _config_keys(tree: ast.Module) -> set[ast.expr]:
    return {
        statement.target
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
