"""The provider SDKs with annotations that nothing has evaluated: a third less time to import this program.

Each property of a class of an SDK is annotated up to four times, and Python evaluates each annotation when it
imports the class, used or not. Under `from __future__ import annotations` (https://peps.python.org/pep-0563/)
they stay text, and Pulumi evaluates those of the classes that a program uses: `get_type_hints` in
pulumi/_types.py reads both forms. So the SDKs' files are compiled as if they began with that line, once. The
code is kept beside Python's own and named after it: `__pycache__/vault.cpython-311.opt-annotations0.pyc`.

Owns: how these packages are imported. Where the code cannot be kept, Python imports them as ever.
"""

from __future__ import annotations
import __future__

import marshal
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

PACKAGES: Final = frozenset({"pulumi_azure_native", "pulumi_kubernetes", "pulumi_random"})
_HEADER_BYTES: Final = 16


def keep_annotations_as_text() -> None:
    """For everything that is imported from the SDKs from now on. From Python 3.14 on all annotations wait:
    https://peps.python.org/pep-0649/.
    """
    if sys.version_info < (3, 14) and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None or fullname.partition(".")[0] not in PACKAGES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = TextLoader(spec.loader.name, spec.loader.path)
        return spec


class TextLoader(SourceFileLoader):
    """Loads a module of which the annotations stay text."""

    def get_code(self, fullname: str) -> CodeType | None:
        """The kept code, which is made anew if the source has changed; else Python's own."""
        try:
            kept = Path(cache_from_source(self.path, optimization=f"annotations{sys.flags.optimize}"))
            header = self._header()
            code = _read(kept, header)
            if code is None and os.access(kept.parent, os.W_OK) and not sys.dont_write_bytecode:
                code = self._compiled()
                self.set_data(str(kept), header + marshal.dumps(code))
        except (OSError, NotImplementedError, SyntaxError):
            code = None
        return super().get_code(fullname) if code is None else code

    def _header(self) -> bytes:
        """That of a file with the date of its source: https://peps.python.org/pep-0552/."""
        stats = Path(self.path).stat()
        fields = (0, int(stats.st_mtime), stats.st_size)
        return MAGIC_NUMBER + b"".join((field & 0xFFFFFFFF).to_bytes(4, "little") for field in fields)

    def _compiled(self) -> CodeType:
        flags = __future__.annotations.compiler_flag
        return compile(self.get_data(self.path), self.path, "exec", flags, dont_inherit=True)


def _read(kept: Path, header: bytes) -> CodeType | None:
    try:
        content = kept.read_bytes()
        return marshal.loads(memoryview(content)[_HEADER_BYTES:]) if content.startswith(header) else None
    except (FileNotFoundError, EOFError, ValueError, TypeError):
        return None
