"""The kind of akv2k8s."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind

AKVS: Final = GroupVersionKind("spv.no", "v2beta1", "AzureKeyVaultSecret")

# crds/AzureKeyVaultSecret.yaml at controller-1.8.4
CUSTOM_KINDS: Final = (CustomKind(AKVS.group, (AKVS.version, "v2alpha1", "v1alpha1", "v1"), AKVS.name),)
