"""The operators that a simulated cluster can run, each one module or one folder.

To add one, add a module or a folder here; nothing else names it:

1. Subclass `Controller` (api/controller.py), override what the operator does, and put `@register` on the
   class. A folder keeps it in `controller.py`, or in `__init__.py` if only `crds/` is beside it.
2. `charts`, `addons`, `extension_types` name what installs it; `custom_kinds` lists the kinds that it brings.
   Their CustomResourceDefinitions lie in `crds/` of its folder. Each file, or a README for all, names source
   and licence.
3. The rest has the same place in every folder: `detection.py` finds the operator in a cluster and reads
   its settings, `kinds.py` names its kinds, `webhook.py` holds its admission webhook.

registry.py imports every module below this folder. An operator may use another one that the real operator
works with (Reloader watches objects of the CSI driver); the rest of the cluster uses none.
"""
