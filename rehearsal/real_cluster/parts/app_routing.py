"""The application routing add-on, which reads the certificate of an Ingress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rehearsal.real_cluster.parts import NotProvedError, Part, Surroundings

TECHNIQUE: Final = "app-routing"


def parts(_surroundings: Surroundings) -> Sequence[Part]:
    """None: https://learn.microsoft.com/azure/aks/app-routing"""
    raise NotProvedError("the application routing add-on runs in clusters of AKS only")
