"""Identity bindings of AKS: their rules, and the federated credential that AKS makes.

https://learn.microsoft.com/azure/aks/identity-bindings and identity-bindings-concepts (the page of May 2026).
ARM's messages are not published.
"""

from __future__ import annotations

from typing import Any, Final

from rehearsal.simulators.azure import managedidentity
from rehearsal.simulators.azure.arm import ArmError, Write, response, rule
from rehearsal.simulators.azure.managedidentity import CREDENTIAL, IDENTITY, MOST_CREDENTIALS
from rehearsal.simulators.world import AzureResource, World

BINDING: Final = "azure-native:containerservice:IdentityBinding"
CREDENTIAL_NAME: Final = "aks-identity-binding"
"""One for every identity that is bound, for all its bindings. AKS never deletes it (the page above, FAQ)."""


def _identity_of(write: Write) -> AzureResource | None:
    id_ = write.requested_value("properties", "managedIdentity", "resourceId")
    identity = write.world.get(str(id_ or ""))
    return identity if identity and identity.token == IDENTITY else None


@rule(BINDING)
def the_identity_exists(write: Write) -> None:
    """The binding names a user-assigned identity."""
    if _identity_of(write) is None:
        id_ = write.requested_value("properties", "managedIdentity", "resourceId")
        raise ArmError(404, "ManagedIdentityNotFound", f"The managed identity '{id_}' was not found.")


@rule(BINDING)
def the_api_server_is_in_no_subnet(write: Write) -> None:
    """Not with API server VNet integration (the page above, "What limitations exist")."""
    cluster = write.world.get(write.parent_id)
    profile = (cluster.properties.get("apiServerAccessProfile") or {}) if cluster else {}
    if profile.get("enableVnetIntegration"):
        raise ArmError(
            400,
            "IdentityBindingNotSupported",
            "Identity bindings are not supported on clusters with API server VNet integration.",
        )


@rule(BINDING)
def the_identity_has_room_for_the_credential(write: Write) -> None:
    """AKS makes a federated credential, which counts as one of 20 (the page above, "What is an identity
    binding?").
    """
    identity = _identity_of(write)
    if identity is None or write.world.get(_credential_id(identity)):
        return
    if len(list(write.world.of_type(CREDENTIAL, below=identity.id))) >= MOST_CREDENTIALS:
        raise managedidentity.too_many_credentials(identity.id)


@response(BINDING)
def _binding(write: Write) -> dict[str, Any]:
    identity = _identity_of(write)
    assert identity is not None, "a rule has found it"
    tenant, client = identity.properties["tenantId"], identity.properties["clientId"]
    issuer = f"https://ib.oic.prod-aks.azure.com/{tenant}/{client}"
    _make_credential(write.world, identity, issuer)
    profile = {"clientId": client, "objectId": identity.properties["principalId"], "tenantId": tenant}
    return {
        "properties": {
            "managedIdentity": profile,
            "oidcIssuer": {"oidcIssuerUrl": issuer},
            "provisioningState": "Succeeded",
        },
        "eTag": write.world.guid(write.id, write.serial, "etag"),
    }


def _credential_id(identity: AzureResource) -> str:
    return f"{identity.id}/federatedIdentityCredentials/{CREDENTIAL_NAME}"


def _make_credential(world: World, identity: AzureResource, issuer: str) -> None:
    """The subject of the real one is not published."""
    if world.get(_credential_id(identity)) is None:
        body = {
            "issuer": issuer,
            "subject": f"system:identitybinding:{identity.properties['clientId']}",
            "audiences": ["api://AzureADTokenExchange"],
        }
        world.put(_credential_id(identity), CREDENTIAL, body)


def binding_of(world: World, cluster_id: str, client_id: str) -> AzureResource | None:
    """The binding of the identity with this client id in a cluster."""
    for binding in world.of_type(BINDING, below=cluster_id):
        profile = (binding.properties.get("properties") or {}).get("managedIdentity") or {}
        if world.matches(profile.get("clientId"), client_id):
            return binding
    return None


def is_trusted(world: World, binding: AzureResource) -> bool:
    """Whether the identity still has the credential of AKS."""
    profile = (binding.properties.get("properties") or {}).get("managedIdentity") or {}
    return (
        world.get(f"{profile.get('resourceId')}/federatedIdentityCredentials/{CREDENTIAL_NAME}") is not None
    )
