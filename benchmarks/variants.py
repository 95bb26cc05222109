"""The programs that are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[1]
_FOLDER: Final = REPOSITORY / "benchmarks"


@dataclass(frozen=True)
class Variant:
    """One program, as it is run."""

    label: str
    program: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


THIS, WITHOUT_YIELD, FLAT, FLAT_SILENT = "this", "without-yield", "flat", "flat-silent"
VARIANTS: Final[Mapping[str, Variant]] = {
    THIS: Variant("this program", REPOSITORY / "__main__.py"),
    WITHOUT_YIELD: Variant("this program, without the yield", _FOLDER / "without_yield" / "__main__.py"),
    FLAT: Variant("flat, as people write it today", _FOLDER / "flat" / "__main__.py"),
    FLAT_SILENT: Variant("flat, without the SDK's debug messages", _FOLDER / "flat_silent" / "__main__.py"),
}
