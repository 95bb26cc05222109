"""The operators that techniques need in the cluster: one file each, found by its registration.

A new operator is a module in this folder whose function has the decorator ``@maker(Operator.…)``.
No other file lists it.
"""

import importlib
import pkgutil

from stacks.builders.operators.registry import make_operators

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["make_operators"]
