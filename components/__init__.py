"""The ComponentResources of the trust chain, by service.

Rules of this package:
- A component takes ``(name, args, opts)``. It never reads configuration and never imports ``stacks``.
- Children have ``parent=self``, and logical names that begin with the component's name. Physical names come
  from naming.py, ids from
  resource_ids.py.
- Outputs are the public annotated attributes that ``register_outputs`` lists.
- Modules of azure-native and Kubernetes that only optional resources need are imported in the function that
  creates these resources:
  each import costs start-up time and memory.
"""

from components.sdk_imports import import_lean

import_lean()
