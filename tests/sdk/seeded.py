"""A world that holds one end of the chain: a cluster with its issuer, a vault, and identities with grants."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from rehearsal.data_planes.values import made_up
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.world import AzureResource, World
from tests.sdk.trust import Pod, Trust

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"
SECRETS_USER = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
    "/4633458b-17de-408a-b874-0445c86b69e6"
)


def seeded(folder: Path, trust: Trust, pod: Pod) -> World:
    """The world of the trust, with the cluster that the pod runs in."""
    world = World(folder / "world")
    apply_seed(world, {"azure": list(_resources(trust, pod)), "absentSecrets": list(_absent(trust))})
    return world


def _vault_id(trust: Trust) -> str:
    return f"{GROUP}/providers/Microsoft.KeyVault/vaults/{trust.vault_name}"


def _absent(trust: Trust) -> Iterator[str]:
    names = {name for identity in trust.identities for name in identity.readable} - trust.secrets
    yield from (f"{_vault_id(trust)}/secrets/{name}" for name in sorted(names))


def _resources(trust: Trust, pod: Pod) -> Iterator[dict[str, Any]]:
    yield {"id": GROUP, "location": "westeurope"}
    vault = _vault_id(trust)
    yield {
        "id": vault,
        "location": "westeurope",
        "properties": {"enableRbacAuthorization": True, "tenantId": trust.tenant_id},
    }
    for name in sorted(trust.secrets):
        yield {"id": f"{vault}/secrets/{name}", "properties": {"value": uuid4().hex}}
    for number, identity in enumerate(trust.identities):
        id_ = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-{number}"
        yield {
            "id": id_,
            "location": "westeurope",
            "clientId": identity.client_id,
            "principalId": identity.principal_id,
            "tenantId": trust.tenant_id,
        }
        for index, credential in enumerate(identity.credentials):
            yield {
                "id": f"{id_}/federatedIdentityCredentials/fic-{index}",
                "issuer": credential.issuer,
                "subject": credential.subject,
                "audiences": [credential.audience],
            }
        for name in sorted(identity.readable):
            scope = f"{vault}/secrets/{name}"
            yield {
                "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid4()}",
                "scope": scope,
                "principalId": identity.principal_id,
                "principalType": "ServicePrincipal",
                "roleDefinitionId": SECRETS_USER,
            }
    # Last: the directory's tenant is that of its first identity, and a cluster brings one of its own.
    yield {
        "id": f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shop",
        "location": "westeurope",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": pod.issuer},
    }


class Vault:
    """A vault's secrets as a test looks at them. Values never leave this class."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name

    @property
    def _vault(self) -> AzureResource:
        return data_plane.find_vault(self.world, self.name)

    def rotate(self, name: str) -> None:
        data_plane.new_version(self.world, self.name, name, uuid4().hex)

    def version(self, name: str) -> str:
        return self._versions(name)[0]

    def characters(self, name: str) -> int:
        return len(self._value(name, ""))

    def appears_in(self, text: str) -> list[str]:
        """Names of the secrets with a value, of any version, in the text."""
        return [
            name
            for name in sorted(data_plane.list_secrets(self.world, self._vault, None))
            if any(self._value(name, version) in text for version in self._versions(name))
        ]

    def _versions(self, name: str) -> list[str]:
        return data_plane.list_versions(self.world, self._vault, None, "secret", name)

    def _value(self, name: str, version: str) -> str:
        secret = data_plane.read(self.world, self._vault, None, "secret", name, version)
        return made_up(self.world, secret.content)
