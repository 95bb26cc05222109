"""Warnings about settings that are allowed: one file per subject, one function per warning.

Warnings about things that exist stand with their checks (cluster.py, kms.py, network.py of the folder above).
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
