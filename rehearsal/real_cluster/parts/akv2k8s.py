"""Technique akv2k8s: the controller of akv2k8s, of which the project pins no build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rehearsal.real_cluster.parts import NotProvedError, Part, Surroundings

TECHNIQUE: Final = "akv2k8s"


def parts(_surroundings: Surroundings) -> Sequence[Part]:
    """None: ``tools/`` has no module of the controller."""
    raise NotProvedError("the controller of akv2k8s is not built here, only simulated")
