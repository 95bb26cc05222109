"""The provider SDKs, imported in less time and memory: only what a program runs of them.

The code of an SDK is there for readers and type checkers too. Its files are compiled with three differences:

- Annotations stay text (https://peps.python.org/pep-0563/). Each property of a class is annotated up to four
  times, and Python evaluates each annotation at import, used or not. Pulumi evaluates those of the classes in
  use: `get_type_hints` in pulumi/_types.py reads both forms.
- Docstrings are dropped, as by `python -OO`.
- A package does not import all of its modules (`from .vault import *`). It imports the module of a class when
  a program uses the class, as a package with a `__getattr__` does (https://peps.python.org/pep-0562/).

The code is kept beside Python's own and named after it: `__pycache__/vault.cpython-311.opt-lean0.pyc`.

Owns: how these packages are imported. Where the code cannot be kept, Python imports them as ever.
"""

from __future__ import annotations
import __future__

import ast
import marshal
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

PACKAGES: Final = frozenset({"pulumi_azure_native", "pulumi_kubernetes", "pulumi_random"})
IMPORTED_LATER: Final = "__imported_later__"
"""Attribute of a package: the module of each name that is imported when it is used."""
_HEADER_BYTES: Final = 16
_STAR: Final = re.compile(r"^from \.(\w+) import \*$", re.MULTILINE)
_ALL: Final = re.compile(r"^__all__ = (\[.*?\])$", re.MULTILINE | re.DOTALL)
_STAR_OF_PACKAGE: Final = f"__all__ = [*{IMPORTED_LATER}, *(name for name in dir() if name[0] != '_')]"
"""The names that `from pulumi_azure_native.keyvault import *` takes."""
_WITHOUT_DOCSTRINGS: Final = 2
"""It drops assertions too; the SDKs have none."""


def import_lean() -> None:
    """For everything that is imported from the SDKs from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = LeanLoader(spec.loader.name, spec.loader.path)
        return spec


class LeanLoader(SourceFileLoader):
    """Loads a module without what the program does not run."""

    def get_code(self, fullname: str) -> CodeType | None:
        """The kept code, which is made anew if the source has changed; else Python's own."""
        try:
            kept = Path(cache_from_source(self.path, optimization=f"lean{sys.flags.optimize}"))
            header = self._header()
            code = _read(kept, header)
            if code is None and os.access(kept.parent, os.W_OK) and not sys.dont_write_bytecode:
                code = self._compiled()
                self.set_data(str(kept), header + marshal.dumps(code))
        except (OSError, NotImplementedError, SyntaxError):  # a Python without a cache of code has the second
            code = None
        return super().get_code(fullname) if code is None else code

    def exec_module(self, module: ModuleType) -> None:
        """Run the code; a package then waits for the use of its names."""
        super().exec_module(module)
        if IMPORTED_LATER in vars(module):
            module.__class__ = _Package

    def source(self) -> str:
        """The source; that of a package with a table of its modules' names in place of their imports."""
        text = self.get_data(self.path).decode()
        if Path(self.path).name != "__init__.py":
            return text
        later: dict[str, str] = {}
        text = _STAR.sub(lambda line: self._noted(line, later), text)
        return f"{text}\n{IMPORTED_LATER} = {later}\n{_STAR_OF_PACKAGE}\n" if later else text

    def _noted(self, line: re.Match[str], later: dict[str, str]) -> str:
        """Nothing, and the module's names are noted; the line itself if the module does not list them."""
        module = Path(self.path).with_name(f"{line[1]}.py")
        names = _ALL.search(module.read_text(encoding="utf-8")) if module.is_file() else None
        if names is None:
            return line[0]
        later |= dict.fromkeys([line[1], *ast.literal_eval(names[1])], line[1])
        return ""

    def _header(self) -> bytes:
        """The header of a file with the date of its source: https://peps.python.org/pep-0552/."""
        stats = Path(self.path).stat()
        fields = (0, int(stats.st_mtime), stats.st_size)
        return MAGIC_NUMBER + b"".join((field & 0xFFFFFFFF).to_bytes(4, "little") for field in fields)

    def _compiled(self) -> CodeType:
        # From Python 3.14 on all annotations wait: https://peps.python.org/pep-0649/.
        flags = __future__.annotations.compiler_flag if sys.version_info < (3, 14) else 0
        return compile(
            self.source(), self.path, "exec", flags, dont_inherit=True, optimize=_WITHOUT_DOCSTRINGS
        )


class _Package(ModuleType):
    """A package of which a module is imported when one of its names is used."""

    def __getattr__(self, name: str) -> Any:
        module = vars(self)[IMPORTED_LATER].get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        imported = import_module(f"{self.__name__}.{module}")
        vars(self)[name] = getattr(imported, name) if name in imported.__all__ else imported
        return vars(self)[name]

    def __setattr__(self, name: str, value: Any) -> None:
        # An import sets a module as an attribute of its package. In Kubernetes' SDK the class in the module
        # has the same name, and is the attribute.
        if name not in vars(self)[IMPORTED_LATER] or not isinstance(value, ModuleType):
            super().__setattr__(name, value)

    def __dir__(self) -> Iterable[str]:
        return {*super().__dir__(), *vars(self)[IMPORTED_LATER]}


def _read(kept: Path, header: bytes) -> CodeType | None:
    try:
        content = kept.read_bytes()
        return marshal.loads(memoryview(content)[_HEADER_BYTES:]) if content.startswith(header) else None
    except (FileNotFoundError, EOFError, ValueError, TypeError):
        return None
