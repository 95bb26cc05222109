"""The project's Python files, parsed."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_CODE = ("docs", "rendered")


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
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

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
