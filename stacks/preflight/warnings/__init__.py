"""Warnings about what is allowed and still worth attention: one file per subject, one function each."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
