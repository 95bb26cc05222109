"""The controllers of every simulated cluster: Kubernetes' own, and those of the operators.

Each registers itself when its module is imported; this module imports both folders, so that no list names
them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from rehearsal.simulators.kubernetes import controllers as own_controllers
from rehearsal.simulators.kubernetes import operators
from rehearsal.simulators.kubernetes.api.controller import REGISTERED, Controller


def controllers() -> list[Controller]:
    """All controllers in the order in which they are called."""
    _load()
    return sorted(REGISTERED, key=lambda controller: (controller.order, type(controller).__module__))


@cache
def _load() -> None:
    for package in (own_controllers, operators):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
