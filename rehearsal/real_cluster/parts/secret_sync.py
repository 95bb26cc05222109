"""Technique secret-sync: the Secrets Store Sync Controller, of which the project pins no build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rehearsal.real_cluster.parts import NotProvedError, Part, Surroundings

TECHNIQUE: Final = "secret-sync"


def parts(_surroundings: Surroundings) -> Sequence[Part]:
    """None: ``tools/`` has no module of the controller."""
    raise NotProvedError("the Secrets Store Sync Controller is not built here, only simulated")
