"""Checks that stop the program before it breaks something: one file per subject, one function per check."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
