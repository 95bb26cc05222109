"""The rules of the settings: one file per section, for what its keys require of each other and of other
sections.

Every module in this folder is imported here, because a rule registers itself when its module is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
