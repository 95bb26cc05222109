"""The project's Python files, parsed."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_CODE = ("docs", "rendered")
_NO_NODES = frozenset({"id", "attr", "arg", "module", "kind", "lineno", "type_comment", "ctx", "op", "ops"})
"""Fields that hold no nodes, or only those that all trees share: ``ast.Load``, ``ast.Add``."""

Kind = TypeVar("Kind", bound=ast.AST)


@dataclass(frozen=True)
class Finding:
    """A violation of a convention."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: str
    """Relative to the repository, with slashes."""
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> Mapping[type[ast.AST], Sequence[Any]]:
        """Every node of the tree by its type, outer nodes first: a check looks at few types."""
        by_kind: defaultdict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        left: list[ast.AST] = [self.tree]
        for node in left:  # it grows meanwhile
            kind = type(node)
            by_kind[kind].append(node)
            for name in _with_nodes(kind):
                value = getattr(node, name)
                if type(value) is list:
                    left += [inner for inner in value if isinstance(inner, ast.AST)]
                elif isinstance(value, ast.AST):
                    left.append(value)
        return by_kind

    def of_type(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """The nodes of these types."""
        for kind in kinds:
            yield from self.nodes.get(kind, ())

    @property
    def module(self) -> str:
        """The dotted name; a package's ``__init__.py`` has the name of the package."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)

    def is_in(self, *folders: str) -> bool:
        """Whether the file is one of these files, or lies anywhere below one of these folders."""
        return any(self.path == folder or self.path.startswith(f"{folder}/") for folder in folders)


@cache
def sources(root: Path = REPOSITORY) -> tuple[Source, ...]:
    """All Python files of the project, sorted by path."""
    files = [*root.glob("*.py")]
    for folder in root.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in NOT_CODE:
            files += folder.rglob("*.py")
    paths = sorted((file.relative_to(root).as_posix(), file) for file in files)
    return tuple(Source(path, file.read_text(encoding="utf-8")) for path, file in paths)


def by_module(files: Sequence[Source]) -> Mapping[str, Source]:
    return {source.module: source for source in files}


@cache
def _with_nodes(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a type of nodes that may hold other nodes."""
    none = kind in (ast.Constant, ast.alias)
    return () if none else tuple(name for name in kind._fields if name not in _NO_NODES)
