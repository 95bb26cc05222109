"""User-assigned identities and their federated credentials.

https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import EXCLUSIVE, TENANT, ArmError, Write, after_delete, response, rule
from rehearsal.simulators.world import AzureResource, DirectoryObject, World

IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
MOST_CREDENTIALS: Final = 20
_UNSUPPORTED_REGIONS: Final = {"malaysiasouth", "newzealandnorth"}


def new_identity(world: World, id_: str, serial: int, name: str) -> DirectoryObject:
    """The service principal that Entra creates for an identity.

    It is not replicated during this operation.
    """
    principal = DirectoryObject(
        object_id=world.guid(id_, serial, "principal"),
        type="ServicePrincipal",
        name=name,
        client_id=world.guid(id_, serial, "client"),
    )
    if principal.object_id not in world.directory:
        world.directory[principal.object_id] = principal
        world.unreplicated.add(principal.object_id)
    return principal


@rule(IDENTITY)
def identity_name_is_valid(write: Write) -> None:
    """The name has 3 to 128 letters, digits, - and _; it begins with a letter or digit.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity
    """
    if not re.fullmatch(r"[A-Za-z0-9][-_A-Za-z0-9]{2,127}", write.name):
        raise ArmError(400, "InvalidResourceName", f"The resource name '{write.name}' is invalid.")


@response(IDENTITY)
def _identity(write: Write) -> dict[str, Any]:
    principal = new_identity(write.world, write.id, write.serial, write.name)
    return {"principalId": principal.object_id, "clientId": principal.client_id, "tenantId": TENANT}


@after_delete(IDENTITY)
def _principal_goes(world: World, resource: AzureResource, _removed: list[AzureResource]) -> None:
    world.directory.pop(resource.properties.get("principalId", ""), None)


@rule(CREDENTIAL)
def credential_name_is_valid(write: Write) -> None:
    """The name has 3 to 120 letters, digits, - and _; it begins with a letter or digit.

    Error table of the page above.
    """
    if not re.fullmatch(r"[A-Za-z0-9][-_A-Za-z0-9]{2,119}", write.name):
        raise ArmError(400, "BadRequest", f"Federated Identity Credential name '{write.name}' is invalid.")


@rule(CREDENTIAL)
def credential_is_complete(write: Write) -> None:
    """Issuer, subject and audience are mandatory (error table of the page above)."""
    if not all(write.requested_value(name) for name in ("issuer", "subject", "audiences")):
        raise ArmError(400, "BadRequest", "Federated Identity Credential from HTTP body has empty properties")


@rule(CREDENTIAL)
def credential_has_one_audience(write: Write) -> None:
    """A credential has exactly one audience (error table of the page above)."""
    if len(write.requested_value("audiences") or []) != 1:
        raise ArmError(400, "BadRequest", "Federated identity credentials must have exactly one audience.")


@rule(CREDENTIAL)
def region_supports_credentials(write: Write) -> None:
    """Two regions do not support federated credentials (the page above, "Unsupported regions")."""
    identity = write.world.get(write.parent_id)
    location = str(identity.properties.get("location", "")) if identity else ""
    if location.replace(" ", "").lower() in _UNSUPPORTED_REGIONS:
        raise ArmError(
            405,
            "MethodNotAllowed",
            "The request format was unexpected: Support for federated identity credentials not enabled.",
        )


@rule(CREDENTIAL)
def credentials_are_at_most_twenty(write: Write) -> None:
    """An identity has at most 20 credentials (the page above; azure-workload-identity#575).

    ARM's message is not published.
    """
    others = [
        c for c in write.world.of_type(CREDENTIAL, below=write.parent_id) if c.id.lower() != write.id.lower()
    ]
    if len(others) >= MOST_CREDENTIALS:
        raise too_many_credentials(write.parent_id)


def too_many_credentials(identity_id: str) -> ArmError:
    return ArmError(
        400,
        "FederatedIdentityCredentialsLimitExceeded",
        f"Too many Federated Identity Credentials for the managed identity '{identity_id}': "
        f"at most {MOST_CREDENTIALS} are allowed.",
    )


@rule(CREDENTIAL)
def issuer_and_subject_are_unique(write: Write) -> None:
    """The pair of issuer and subject is unique in an identity (error table of the page above)."""
    requested = (write.requested_value("issuer"), write.requested_value("subject"))
    for other in write.world.of_type(CREDENTIAL, below=write.parent_id):
        properties = write.world.resolve_hashes(other.properties, write.body)
        is_equal = (properties.get("issuer"), properties.get("subject")) == requested
        if is_equal and other.id.lower() != write.id.lower():
            raise ArmError(
                400, "BadRequest", "Issuer and subject combination already exists for this Managed Identity."
            )


def _identity_of(credential_id: str) -> tuple[str, ArmError]:
    """Writes and deletes of an identity's credentials must not overlap.

    pulumi-azure-native#4343, Azure/bicep#10928. The real provider retries a create after 20, 60 and 120 s
    (pulumi-azure-native#4421); here the first overlap is an error.
    """
    identity = credential_id.rsplit("/", 2)[0]
    return identity.lower(), ArmError(
        409,
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        "Too many Federated Identity Credentials are written concurrently for the managed identity "
        f"'{identity}'. Concurrent Federated Identity Credentials writes under the same managed identity "
        "are not supported.",
    )


EXCLUSIVE[CREDENTIAL] = _identity_of
