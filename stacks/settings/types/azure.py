"""Names and ids of Azure resources."""

from typing import Annotated

from pydantic import AfterValidator

from stacks.settings.types import nearly
from stacks.settings.validation.constraints import Pattern, any_case

RESOURCE_NAME_RULES = (
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
)
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ARM_ID = (
    any_case("/subscriptions/")
    + _GUID  # ARM answers another text with InvalidSubscriptionId
    + any_case("/resourceGroups/")
    + r"[-\w.()]{0,89}[-\w()]"
    + any_case("/providers/")
)
_NETWORK = any_case("Microsoft.Network/")


def arm_id(rule_id: str, resource: str, *, is_a: str, command: str, source: str) -> Pattern:
    """The pattern of an ARM id: ``resource`` follows `/providers/`, ``command`` is the command that prints
    the id.
    """
    remedy = f"use the id that `{command}` prints"
    return Pattern(
        rule_id,
        rf"{ARM_ID}{resource}",
        is_a=is_a,
        remedy=remedy,
        example=None,
        mended=nearly.arm_id,
        source=source,
    )


ResourceGroupName = Annotated[
    str,
    Pattern(
        "resource-group-name",
        r"[-\w.()]{0,89}[-\w()]",
        is_a="resource group name",
        remedy=(
            "use 1 to 90 letters, digits, hyphens, underscores, full stops and brackets, no full stop at"
            " the end"
        ),
        example="rg-shop-dev",
        source=f"{RESOURCE_NAME_RULES}#microsoftresources",
        hyphenated=True,
    ),
]
Guid = Annotated[
    str,
    Pattern(
        "object-id",
        _GUID,
        is_a="object id",
        remedy="use the object id, a GUID, that `az ad user|group|sp show --id NAME --query id` prints",
        example="00000000-0000-0000-0000-000000000000",
        mended=nearly.guid,
        source="https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps#step-1-determine-who-needs-access",
    ),
    AfterValidator(str.lower),  # ids ignore case
]
SubnetId = Annotated[
    str,
    arm_id(
        "subnet-id",
        _NETWORK + any_case("virtualNetworks/") + r"[\w.-]{2,64}" + any_case("/subnets/") + r"[\w.-]{1,80}",
        is_a="subnet id",
        command="az network vnet subnet show --query id",
        source=f"{RESOURCE_NAME_RULES}#microsoftnetwork",
    ),
]
VirtualNetworkId = Annotated[
    str,
    arm_id(
        "virtual-network-id",
        _NETWORK + any_case("virtualNetworks/") + r"[\w.-]{2,64}",
        is_a="virtual network id",
        command="az network vnet show --query id",
        source=f"{RESOURCE_NAME_RULES}#microsoftnetwork",
    ),
]
RouteTableId = Annotated[
    str,
    arm_id(
        "route-table-id",
        _NETWORK + any_case("routeTables/") + r"[\w.-]{1,80}",
        is_a="route table id",
        command="az network vnet subnet show --query routeTable.id",
        source=f"{RESOURCE_NAME_RULES}#microsoftnetwork",
    ),
]
RegistryId = Annotated[
    str,
    arm_id(
        "container-registry-id",
        any_case("Microsoft.ContainerRegistry/registries/") + r"[a-zA-Z0-9]{5,50}",
        is_a="container registry id",
        command="az acr show --query id",
        source=f"{RESOURCE_NAME_RULES}#microsoftcontainerregistry",
    ),
]


IdentityName = Annotated[
    str,
    Pattern(
        "shared-identity-name",
        r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
        is_a="identity name",
        remedy="use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last",
        example="shop-readers",
        source=(
            f"{RESOURCE_NAME_RULES}#microsoftmanagedidentity (the program adds project and stack, 128 in all)"
        ),
        hyphenated=True,
    ),
]
IdentityResourceName = Annotated[
    str,
    Pattern(
        "identity-resource-name",
        r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}",
        is_a="name of a user-assigned identity",
        remedy="use 3 to 128 letters, digits, hyphens and underscores, a letter or digit first",
        example="id-shop-prod-readers",
        source=f"{RESOURCE_NAME_RULES}#microsoftmanagedidentity",
        hyphenated=True,
    ),
]
BindingName = Annotated[
    str,
    Pattern(
        "identity-binding-name",
        r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
        is_a="name of an identity binding",
        remedy="use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last",
        example="shop-prod-readers",
        source=(
            "https://learn.microsoft.com/azure/aks/identity-bindings; its ClusterRole has the same name:"
            " https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
        ),
        hyphenated=True,
    ),
]
ObjectName = Annotated[
    str,
    Pattern(
        "vault-object-name",
        r"[0-9a-zA-Z-]{1,127}",
        is_a="Key Vault object name",
        remedy="use 1 to 127 letters, digits and hyphens, no underscore",
        example="db-password",
        source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers",
        hyphenated=True,
    ),
]
