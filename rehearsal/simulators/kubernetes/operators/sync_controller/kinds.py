"""Kinds of the Secrets Store Sync Controller."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS, GROUP

SYNC: Final = GroupVersionKind("secret-sync.x-k8s.io", "v1alpha1", "SecretSync")

# charts/secrets-store-sync-controller/crds of v0.0.4
CUSTOM_KINDS: Final = (
    CustomKind(SYNC.group, (SYNC.version,), SYNC.name),
    CustomKind(GROUP, ("v1", "v1alpha1"), CLASS.name),
)
