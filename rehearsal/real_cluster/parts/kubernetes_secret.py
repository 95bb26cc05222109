"""Technique kubernetes-secret: the program writes the value, so nothing signs in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rehearsal.real_cluster.parts import NotProvedError, Part, Surroundings

TECHNIQUE: Final = "kubernetes-secret"


def parts(_surroundings: Surroundings) -> Sequence[Part]:
    """Nothing reads: docs/techniques.md#kubernetes-secret."""
    raise NotProvedError("the program writes the value into the Secret, and nothing signs in to the vault")
