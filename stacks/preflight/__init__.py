"""Checks and warnings before the first resource, with the answers of Azure and of a platform's stack.

Owns: the checks (checks/) and warnings (warnings/), one file per subject, their registry, their run (run.py),
and the reads that they share (existing.py, lookup.py).
Deliberately not here: what the settings alone can decide (settings/rules/).
Every module in this folder is imported here, because a check registers itself when its module is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
