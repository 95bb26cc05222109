"""What is checked before the first resource: warnings about the settings, and everything that Azure or a platform's stack has to answer.

Owns: the checks and warnings, one file per subject, and their run (run.py).
Deliberately not here: what the settings alone can decide (settings/rules/).
Every module in this folder is imported here, because a check registers itself when its module is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
