"""The two ends of the chain as a rehearsed `up` left them: Azure's side from the cloud, the pod's from the
objects in the cluster.

Nothing is taken from the program, its settings or its outputs: what they promise is what has to come true
here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.sdk.trust import FederatedCredential, Identity, Pod, Trust

READERS = {
    # https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security#key-vault-secrets-user
    "4633458b-17de-408a-b874-0445c86b69e6",
}
"""Roles that may read a secret's value (Microsoft.KeyVault/vaults/secrets/getSecret/action)."""


def trust_of(world: Mapping[str, Any]) -> Trust:
    """The identities and secrets that Entra and the vault know."""
    vault = _only(world, "keyvault:Vault")
    prefix = f"{vault['id']}/secrets/".lower()
    secrets = {resource["id"][len(prefix) :] for resource in _of(world, "keyvault:Secret")}
    return Trust(
        tenant_id=vault["properties"]["properties"]["tenantId"],
        vault_name=vault["id"].rsplit("/", 1)[1],
        secrets=frozenset(secrets),
        identities=tuple(
            Identity(
                client_id=identity["properties"]["clientId"],
                principal_id=identity["properties"]["principalId"],
                credentials=tuple(_credentials(world, identity["id"])),
                readable=frozenset(
                    _readable(world, identity["properties"]["principalId"], vault["id"], secrets)
                ),
            )
            for identity in _of(world, "managedidentity:UserAssignedIdentity")
        ),
    )


def pod_of(world: Mapping[str, Any], namespace: str, owner: str) -> Pod:
    """The environment that the cluster gives the pod of this owner (`Deployment/shop`): the webhook acts on
    the label, and reads the ServiceAccount.
    """
    (objects,) = world["kubernetes"].values()
    kind, name = owner.split("/")
    manifest = next(
        resource
        for resource in objects.values()
        if (resource["kind"], resource["metadata"]["name"]) == (kind, name)
    )
    template = manifest if kind == "Pod" else manifest["spec"]["template"]
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true", (
        "the webhook passes this pod by"
    )
    account = objects[f"core/ServiceAccount/{namespace}/{template['spec']['serviceAccountName']}"]["metadata"]
    (container,) = template["spec"]["containers"]
    issuer = _only(world, "containerservice:ManagedCluster")["properties"]["oidcIssuerProfile"]["issuerURL"]
    return Pod(
        issuer=issuer,
        namespace=account["namespace"],
        service_account=account["name"],
        client_id=account["annotations"]["azure.workload.identity/client-id"],
        tenant_id=account["annotations"]["azure.workload.identity/tenant-id"],
        env={variable["name"]: variable["value"] for variable in container["env"]},
    )


def _of(world: Mapping[str, Any], token: str) -> Iterator[Mapping[str, Any]]:
    return (resource for resource in world["azure"] if resource["token"] == f"azure-native:{token}")


def _only(world: Mapping[str, Any], token: str) -> Mapping[str, Any]:
    (resource,) = _of(world, token)
    return resource


def _credentials(world: Mapping[str, Any], identity: str) -> Iterator[FederatedCredential]:
    for resource in _of(world, "managedidentity:FederatedIdentityCredential"):
        if resource["id"].lower().startswith(f"{identity}/".lower()):
            (audience,) = resource["properties"]["audiences"]
            yield FederatedCredential(
                issuer=resource["properties"]["issuer"],
                subject=resource["properties"]["subject"],
                audience=audience,
            )


def _readable(world: Mapping[str, Any], principal: str, vault: str, secrets: set[str]) -> Iterator[str]:
    """A role assignment holds at its scope and below.
    https://learn.microsoft.com/azure/role-based-access-control/scope-overview
    """
    for resource in _of(world, "authorization:RoleAssignment"):
        properties = resource["properties"]
        if (
            properties["principalId"] == principal
            and properties["roleDefinitionId"].rsplit("/", 1)[1] in READERS
        ):
            scope = properties["scope"].lower()
            yield from (
                name for name in secrets if f"{vault}/secrets/{name}/".lower().startswith(f"{scope}/")
            )
