"""Objects that a real API server took, and its answers to changes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parents[1] / "simulators" / "kubernetes" / "apiserver" / "recorded"
OBJECTS: Final[Mapping[str, dict[str, Any]]] = yaml.safe_load(
    (FOLDER / "objects.yaml").read_text(encoding="utf-8")
)
"""Name → object."""
