"""Kinds of the Secrets Store CSI driver, and those of AAD Pod Identity that its Azure provider reads."""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind

GROUP: Final = "secrets-store.csi.x-k8s.io"
CLASS: Final = GroupVersionKind(GROUP, "v1", "SecretProviderClass")
POD_STATUS: Final = GroupVersionKind(GROUP, "v1", "SecretProviderClassPodStatus")
AZURE_IDENTITY: Final = GroupVersionKind("aadpodidentity.k8s.io", "v1", "AzureIdentity")
AZURE_IDENTITY_BINDING: Final = GroupVersionKind("aadpodidentity.k8s.io", "v1", "AzureIdentityBinding")

# charts/secrets-store-csi-driver 1.5.6; the Azure provider's chart bundles it
CUSTOM_KINDS: Final = tuple(CustomKind(GROUP, ("v1", "v1alpha1"), kind.name) for kind in (CLASS, POD_STATUS))
