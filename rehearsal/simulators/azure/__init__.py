"""Simulated Azure Resource Manager: how azure-native behaves, and one module or folder of ARM's rules per service.

Every module below this folder is imported here, because ARM's rules register themselves when their module is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
    importlib.import_module(_module.name)
