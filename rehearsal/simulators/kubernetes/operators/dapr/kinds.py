"""Kinds of Dapr."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind

COMPONENT: Final = GroupVersionKind("dapr.io", "v1alpha1", "Component")
CONFIGURATION: Final = GroupVersionKind("dapr.io", "v1alpha1", "Configuration")
SIDECAR_STATE: Final = GroupVersionKind("rehearsal", "v1", "DaprSidecar")
"""Configuration and components that the sidecar of a pod has read.

The simulator's own record: no API serves it.
"""

# charts/dapr/crds of dapr 1.18
CUSTOM_KINDS: Final = (
    *(
        CustomKind("dapr.io", ("v1alpha1",), name)
        for name in ("Component", "Configuration", "Resiliency", "HTTPEndpoint")
    ),
    CustomKind("dapr.io", ("v2alpha1", "v1alpha1"), "Subscription"),
)
