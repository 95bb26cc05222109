"""The parts that really read secrets: one module per technique, found by a walk, as in operations/verify.

A module has ``TECHNIQUE`` and a function ``parts``: what reads the secrets of that technique, each of them by
itself. Where nothing real does, ``parts`` raises the reason. Secrets of a technique without a module are
listed as simulated, too. It may have ``DEFINITIONS``, a folder
with the CustomResourceDefinitions of what it starts.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from rehearsal.data_planes.planes import Planes
from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.real_cluster.programs import find_program


class RefusedError(Exception):
    """A link of the chain that is broken, as a line in the words of the part that has met it.

    `words`: the whole text of the part, if the line is taken from it.
    """

    def __init__(self, line: str, words: str = "") -> None:
        super().__init__(line)
        self.words = words or line


class NotProvedError(Exception):
    """Something that the part cannot read here, and why; the simulated one does."""


@dataclass(frozen=True)
class Surroundings:
    """The surroundings of a part."""

    clusters: RealClusters
    planes: Planes
    scratch: Path
    """A folder that only its owner can read, and that goes."""
    contexts: ExitStack
    """Processes of a part end with these surroundings."""


def require_program(name: str) -> None:
    """Raises NotProvedError if the program is neither here nor can be built."""
    try:
        find_program(name)
    except RehearsalError as error:
        raise NotProvedError(str(error)) from error


class Part(Protocol):
    """Reader of the secrets of one technique, in all clusters."""

    @property
    def name(self) -> str:
        """Its name in the table; with its version, if that is not the one that the program pins."""
        ...

    def read(self, cluster: RealCluster, row: Mapping[str, Any]) -> str:
        """The version of the secret that it has read, for a row of the output `access`.

        Raises:
            ApiError, RefusedError: a link of the chain is broken.
            NotProvedError: it cannot read this secret here.
        """
        ...


class PartModule(Protocol):
    """A module of this folder."""

    TECHNIQUE: str

    @staticmethod
    def parts(surroundings: Surroundings) -> Sequence[Part]:
        """Raises NotProvedError if nothing real reads the secrets of the technique here."""
        ...


@cache
def part_modules() -> Mapping[str, PartModule]:
    """The modules by their technique."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("PartModule", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return {module.TECHNIQUE: module for module in modules}
