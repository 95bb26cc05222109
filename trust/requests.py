"""The delivery of a technique to a workload: the objects that its resources name, and their reader."""

from __future__ import annotations

from dataclasses import dataclass

from trust.links import Link
from trust.readers import Reader
from trust.values import Text


@dataclass(frozen=True)
class Request:
    """An object of a vault that a resource of the workload names."""

    vault: Text
    kind: str
    """``secret``, ``key`` or ``certificate``."""
    name: Text
    """``*``: whatever a search finds."""
    links: tuple[Link, ...]
    """From the workload to whatever reads the vault for it."""
    reader: Reader | None
    """None: the program itself has the value, so no identity of the cluster reads it."""
    copied: bool = False
    """Whether the value gets into a Kubernetes Secret."""
    lists_versions: bool = False
    """Whether older versions are read as well, which the reader has to list."""


@dataclass(frozen=True)
class Delivery:
    """Everything that one technique delivers to a workload."""

    technique: str
    requests: tuple[Request, ...]
    readers: tuple[Reader, ...]
    """The identities as which it reads, also where nothing is named."""
    signs_in: bool = False
    """Whether the pods themselves exchange the token, so that they need the webhook's label."""
    is_complete: bool = True
    """Whether the requests are all that it asks for. False: only the application knows."""
