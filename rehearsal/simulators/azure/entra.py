"""Simulated Entra: the identity of a token, by a federated credential or by the identities of a node.

Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (claims that
a credential matches). Errors are one line; the SDK of the real provider prints the whole response around
them.
"""

from dataclasses import dataclass, replace
from typing import Final

from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.azure.managedidentity import CREDENTIAL, IDENTITY
from rehearsal.simulators.world import AzureResource, World

AUDIENCE: Final = "api://AzureADTokenExchange"
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_OTHER_CASE: Final = (
    "The subject matches with case-insensitive comparison, but not with case-sensitive comparison. "
)


class VaultError(Exception):
    """An error of the directory or of the vault."""


@dataclass(frozen=True)
class Caller:
    """The identity of a token."""

    client_id: str
    object_id: str
    tenant_id: str
    cluster: str = ""
    """Id of the cluster in whose network the client is; empty: it is in none."""


def federated_identity(world: World, client_id: str, tenant_id: str, issuer: str, subject: str) -> Caller:
    """The identity that trusts this ServiceAccount of this cluster.

    Raises VaultError if no federated credential matches.

    Messages: Azure/azure-workload-identity#1200 (issuer), Azure/login#517 (subject), Azure/login#515 (case of
    the subject), AADSTS700016 in Azure/login#561.
    """
    caller, identity = _identity(world, client_id, tenant_id)
    declared = list(world.of_type(CREDENTIAL, below=identity.id))
    credentials = [credential.properties for credential in declared]
    of_issuer = [known for known in credentials if world.matches(known.get("issuer"), issuer)]
    of_subject = [known for known in of_issuer if world.matches(known.get("subject"), subject)]
    matching = [
        known
        for known in of_subject
        if any(world.matches(audience, AUDIENCE) for audience in known.get("audiences") or [])
    ]
    failed = "ClientAssertionCredential authentication failed. "
    if matching and not any(world.works(known.id) for known in declared if known.properties in matching):
        # "Propagation delays": AADSTS70021 until the credential is everywhere (the page above)
        raise VaultError(
            f"{failed}AADSTS70021: No matching federated identity record found for presented assertion. "
            f"Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{AUDIENCE}'."
        )
    is_other_case = any(str(known.get("subject")).lower() == subject.lower() for known in of_issuer)
    for matches, code, claim, more in (
        (of_issuer, "AADSTS700211", f"issuer '{issuer}'", ""),
        (
            of_subject,
            "AADSTS7002138" if is_other_case else "AADSTS700213",
            f"subject '{subject}'",
            _OTHER_CASE if is_other_case else "",
        ),
        (matching, "AADSTS700212", f"audience '{AUDIENCE}'", ""),
    ):
        if not matches:
            raise VaultError(
                f"{failed}{code}: No matching federated identity "
                f"record found for presented assertion {claim}. {more}"
                "Check your federated identity credential Subject, Audience and Issuer against the presented "
                "assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
            )
    return replace(caller, cluster=cluster_of(world, issuer))


def cluster_of(world: World, issuer: str) -> str:
    """Id of the cluster whose tokens have this issuer; empty: none has."""
    return next((cluster.id for cluster in world.of_type(_CLUSTER) if _issuer(cluster) == issuer), "")


def _issuer(cluster: AzureResource) -> str:
    return str((cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL") or "")


def node_identity(world: World, cluster: AzureResource, client_id: str) -> Caller:
    """An identity of the nodes: the kubelet's or an add-on's.

    Nodes have no system-assigned identity (aks/use-managed-identity).

    Messages: Azure/secrets-store-csi-driver-provider-azure#598, vmware-tanzu/helm-charts#651.
    """
    kubelet = (cluster.properties.get("identityProfile") or {}).values()
    addons = [
        addon.get("identity")
        for addon in (cluster.properties.get("addonProfiles") or {}).values()
        if addon.get("enabled")
    ]
    routing = (cluster.properties.get("ingressProfile") or {}).get("webAppRouting") or {}
    addons += [routing.get("identity")] if routing.get("enabled") else []
    known = [identity for identity in (*kubelet, *addons) if identity]
    failed = "ManagedIdentityCredential authentication failed. "
    if not client_id and len(known) > 1:
        several = (
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
            "identity in the token request"
        )
        raise VaultError(failed + several)
    for identity in known:
        if not client_id or identity["clientId"] == client_id:
            return replace(_identity(world, identity["clientId"], "")[0], cluster=cluster.id)
    raise VaultError(f"{failed}the requested identity isn't assigned to this resource: Identity not found")


def assigned_identity(world: World, client_id: str) -> Caller:
    """An identity that the operator has assigned to the nodes outside the program."""
    return _identity(world, client_id, "")[0]


def _identity(world: World, client_id: str, tenant_id: str) -> tuple[Caller, AzureResource]:
    for identity in world.of_type(IDENTITY):
        tenant = identity.properties.get("tenantId", "")
        if identity.properties.get("clientId") == client_id and tenant_id in ("", tenant):
            return Caller(client_id, identity.properties["principalId"], tenant), identity
    raise VaultError(
        "ClientAssertionCredential authentication failed. AADSTS700016: Application with identifier "
        f"'{client_id}' was not found in the directory '{tenant_id}'. This can happen if the application "
        "has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )


def client_ids(world: World) -> list[str]:
    return [str(identity.properties.get("clientId")) for identity in world.of_type(IDENTITY)]


def home_tenant(world: World) -> str:
    """The tenant of the identities; empty if there are none."""
    return next((str(identity.properties.get("tenantId") or "") for identity in world.of_type(IDENTITY)), "")


def known_tenants(world: World) -> set[str]:
    """The tenants of the identities, and that of the subscription."""
    return {TENANT, *(str(identity.properties.get("tenantId") or "") for identity in world.of_type(IDENTITY))}
