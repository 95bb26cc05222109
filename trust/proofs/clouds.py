"""Clouds of Azure: whatever reads a vault signs in to the cloud in which the vault is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.fields import known, text
from trust.nodes.kubernetes import KubernetesObject
from trust.proofs.joins import line
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN, Text

_SUFFIX: Final = re.compile(r"^https://[^./]+(\.vault\.[a-z.]+)", re.I)
_CLOUDS: Final[Mapping[str, frozenset[str]]] = {
    # Suffix of a vault's URL → names of its cloud, in lower case: of the CSI driver, the External Secrets
    # Operator and Dapr. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
    ".vault.azure.net": frozenset({"azurepubliccloud", "publiccloud", "azurepublic"}),
    ".vault.azure.cn": frozenset({"azurechinacloud", "chinacloud", "azurechina"}),
    ".vault.usgovcloudapi.net": frozenset(
        {"azureusgovernmentcloud", "usgovernmentcloud", "azureusgovernment"}
    ),
    ".vault.microsoftazure.de": frozenset({"azuregermancloud", "germancloud"}),
}
_DEFAULT: Final = "AzurePublicCloud"


def _named(chain: Chain) -> Iterator[tuple[KubernetesObject, Text, Any]]:
    """Each object that names a cloud for a vault, with the cloud and the vault's URL."""
    for provider_class in chain.secret_provider_classes:
        vault = chain.vault(provider_class.vault)
        yield provider_class, text(provider_class.parameters.get("cloudName"), _DEFAULT), vault and vault.uri
    for store in chain.secret_stores:
        if store.provider:
            yield store, text(store.provider.get("environmentType"), _DEFAULT), store.provider.get("vaultUrl")
    for component in chain.dapr_components:
        vault = chain.vault(component.vault)
        yield component, text(component.metadata.get("azureEnvironment"), _DEFAULT), vault and vault.uri


@proof(
    "vault-cloud",
    of=lambda chain: [item for item, _, url in _named(chain) if _SUFFIX.match(str(url))],
    reason="The token of one cloud is none in another, and a vault's name leads to another address.",
    source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/custom-environments/",
)
def vault_cloud(chain: Chain) -> Iterator[Finding]:
    """Every SecretProviderClass, SecretStore and Component names the cloud in which its vault is."""
    for item, cloud, url in _named(chain):
        match = _SUFFIX.match(str(url))
        allowed = _CLOUDS.get(match[1].lower()) if match else None
        if allowed is None or cloud is UNKNOWN or known(cloud).lower() in allowed:
            continue
        workload = chain.workload_of(item.node)
        name = workload.name if workload else ""
        yield Finding(
            workload=name,
            text=f"{item.kind} '{item.name}' is for cloud '{cloud}', and its vault is at {url}",
            fix=f"{line(name, 'technique')}: name the cloud of the vault, or none",
            urn=item.node.urn,
        )
