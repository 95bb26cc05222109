"""ARM ids and Key Vault key ids. Pure functions and values of plain strings.

Owns: every place that builds an id or takes one apart. Deliberately not here: the names in them (naming.py),
and the check that an id in the settings has the right shape (stacks/settings).
"""

from dataclasses import dataclass
from typing import Self

_KEYWORDS = ["subscriptions", "resourcegroups", "providers"]


@dataclass(frozen=True)
class ArmId:
    """The id of a resource in a resource group. It keeps its spelling: ARM ignores case, but Pulumi compares
    ids as text.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
    """

    segments: tuple[str, ...]
    """The parts between slashes: ``subscriptions``, the subscription's id, ``resourceGroups``, …"""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The id that ``text`` spells.

        Raises:
            ValueError: ``text`` is not the id of a resource in a resource group.
        """
        leading, *segments = text.split("/")
        keywords = [segment.lower() for segment in segments[0:5:2]]
        if leading or keywords != _KEYWORDS or len(segments) < 8 or len(segments) % 2:
            raise ValueError(f"{text!r} is not the ARM id of a resource")
        return cls(tuple(segments))

    def format(self) -> str:
        """The id as text."""
        return "/" + "/".join(self.segments)

    @property
    def subscription_id(self) -> str:
        """Id of the subscription."""
        return self.segments[1]

    @property
    def resource_group(self) -> str:
        """Name of the resource group."""
        return self.segments[3]

    @property
    def type(self) -> str:
        """Resource type with its provider: ``Microsoft.Network/virtualNetworks/subnets``."""
        return "/".join([self.segments[5], *self.segments[6::2]])

    @property
    def names(self) -> tuple[str, ...]:
        """Names from the outermost resource to this one: the network's, the subnet's."""
        return self.segments[7::2]

    @property
    def name(self) -> str:
        """Name of the resource itself."""
        return self.segments[-1]

    @property
    def parent(self) -> "ArmId":
        """Id of the resource that contains this one.

        Raises:
            ValueError: the resource is directly in its resource group.
        """
        return ArmId.parse("/" + "/".join(self.segments[:-2]))


@dataclass(frozen=True)
class KeyId:
    """The id of a key's version: ``https://<vault>.vault.azure.net/keys/<name>/<version>``."""

    vault_name: str
    name: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The id that ``text`` spells.

        Raises:
            ValueError: ``text`` is not the id of a key's version.
        """
        match text.split("/"):
            case ["https:", "", host, "keys", name, version]:
                return cls(host.split(".")[0], name, version)
            case _:
                raise ValueError(f"{text!r} is not the id of a key's version")


def subscription_of(scope: str) -> str | None:
    """Id of the subscription that a scope is in. None: it is in none, such as a management group."""
    leading, *segments = scope.split("/")
    is_inside = not leading and len(segments) > 1 and segments[0].lower() == _KEYWORDS[0]
    return segments[1] if is_inside else None


def name_of(arm_id: str) -> str:
    """Name of the resource with this id, whatever its scope."""
    return arm_id.rpartition("/")[2]


def resource_id(subscription_id: str, resource_group: str, resource_type: str, name: str) -> str:
    """ARM id of a resource directly in a resource group. ``resource_type`` includes the provider."""
    return (
        f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}/providers/{resource_type}/{name}"
    )


def child_id(parent_id: str, collection: str, name: str) -> str:
    """ARM id of a resource within another: ``collection`` is the last part of its type (``secrets``)."""
    return f"{parent_id}/{collection}/{name}"


def resource_group_id(subscription_id: str, name: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription_id}/resourceGroups/{name}"


def virtual_network_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of a virtual network."""
    return resource_id(subscription_id, resource_group, "Microsoft.Network/virtualNetworks", name)


def nat_gateway_id(subscription_id: str, resource_group: str, name: str) -> str:
    """The id of a NAT gateway."""
    return resource_id(subscription_id, resource_group, "Microsoft.Network/natGateways", name)


def network_of_subnet(subnet_id: str) -> str:
    """ARM id of the virtual network that contains the subnet."""
    # By text alone: the id of a subnet that the stack makes is an output, and Pulumi mocks return stand-ins
    # for ids.
    return subnet_id.rsplit("/subnets/", 1)[0]


def vault_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of a Key Vault."""
    return resource_id(subscription_id, resource_group, "Microsoft.KeyVault/vaults", name)


def cluster_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of an AKS cluster."""
    return resource_id(subscription_id, resource_group, "Microsoft.ContainerService/managedClusters", name)


def workspace_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of a Log Analytics workspace."""
    return resource_id(subscription_id, resource_group, "Microsoft.OperationalInsights/workspaces", name)


def action_group_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of an action group."""
    return resource_id(subscription_id, resource_group, "Microsoft.Insights/actionGroups", name)


def identity_id(subscription_id: str, resource_group: str, name: str) -> str:
    """ARM id of a user-assigned identity."""
    return resource_id(
        subscription_id, resource_group, "Microsoft.ManagedIdentity/userAssignedIdentities", name
    )


def role_definition_id(subscription_id: str, role_guid: str) -> str:
    """ARM id of a role definition, as ``roleDefinitionId`` takes it."""
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role_guid}"
