"""When a workload has a new value of a vault: one module per technique, found by a walk, as in
``trust/techniques``.

A module has ``NAME``, that of the technique in ``trust``, and ``arrival(chain, workload, name)``: when the
cluster or the application has the value of a secret, and whether nothing has to be restarted then.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Protocol, cast

from trust.chain import Chain
from trust.workloads import Workload


class Technique(Protocol):
    """A module of this folder."""

    NAME: str

    @staticmethod
    def arrival(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
        """When a new value of the secret is there, and whether nothing has to be restarted."""
        ...


@cache
def techniques() -> Mapping[str, Technique]:
    """The modules by the name of their technique."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("Technique", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return {module.NAME: module for module in modules}


def arrival(chain: Chain, workload: Workload, technique: str, name: str) -> tuple[str, bool]:
    """When a new value of the secret is there; of a technique without a module here it is unknown."""
    if module := techniques().get(technique):
        return module.arrival(chain, workload, name)
    return "unknown", False
