"""Simulated Azure Resource Manager: the azure-native provider, and a module or folder for each service.

Every module of this package is imported here, because a rule is registered when its module is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
    importlib.import_module(_module.name)
