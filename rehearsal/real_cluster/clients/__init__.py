"""Azure's client libraries: one module per language, found by a walk.

A module has ``name()`` and ``command()``: a program that reads one secret with the variables and the token
file that workload identity gives a pod. Its arguments are the vault, the secret and the version, which may be
empty. It prints the version that it has read, and no value; on standard error, the library's own words. The
variables are in ``rehearsal/real_cluster/pod_client.py``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast


class VaultClient(Protocol):
    """A module of this folder."""

    @staticmethod
    def name() -> str:
        """Language and libraries with their versions."""
        ...

    @staticmethod
    def command() -> list[str]:
        """Raises RehearsalError: it is not there and cannot be made."""
        ...


@cache
def vault_clients() -> tuple[VaultClient, ...]:
    """A client per language, Python's first: the others may have to be made."""
    names = sorted(
        (module.name for module in pkgutil.iter_modules(__path__)), key=lambda name: name != "python"
    )
    return tuple(cast("VaultClient", importlib.import_module(f"{__name__}.{name}")) for name in names)
