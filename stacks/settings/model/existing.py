"""``existing:`` references to Azure resources that the program reads, and never changes, tags or deletes."""

from typing import Annotated, ClassVar

from components.resource_ids import ArmId
from stacks.settings.model.section import Section
from stacks.settings.types.azure import RESOURCE_NAME_RULES, ResourceGroupName, arm_id
from stacks.settings.validation.constraints import Pattern, any_case

_Name = Annotated[
    str,
    Pattern(
        "existing-name",
        r"[^/&%\\?<>:+*\s](?:[^/&%\\?<>:+*]{0,258}[^/&%\\?<>:+*\s])?",
        is_a="name of an Azure resource",
        remedy="use the name alone, as Azure shows it; `id` takes the whole id",
        example=None,
        source=RESOURCE_NAME_RULES,
    ),
]


def _id(kind: str, provider: str, command: str, name: str = r"[\w-]{1,128}") -> Pattern:
    return arm_id(
        f"existing-{kind.replace(' ', '-')}-id",
        f"{any_case(provider)}/{name}",
        is_a=f"id of {'an' if kind[0] in 'aeiou' else 'a'} {kind}",
        command=f"{command} --query id",
        source=RESOURCE_NAME_RULES,
    )


class ExistingSettings(Section):
    """A reference to an Azure resource that already exists."""

    needs_a_key: ClassVar[bool] = True

    name: _Name | None = None
    """Name of the resource; requires `resource_group`."""
    resource_group: ResourceGroupName | None = None
    """Resource group of the resource; requires `name`."""

    @property
    def resource_group_and_name(self) -> tuple[str, str]:
        """Resource group and name, from the id or from the two keys."""
        resource_id: str | None = getattr(self, "id", None)
        if resource_id:
            resource = ArmId.parse(resource_id)
            return resource.resource_group, resource.name
        return self.resource_group or "", self.name or ""

    @property
    def subscription(self) -> str | None:
        """Subscription of the id, which alone can name another one than the stack's. None: the reference is
        by name.
        """
        resource_id: str | None = getattr(self, "id", None)
        return ArmId.parse(resource_id).subscription_id if resource_id else None


class ExistingCluster(ExistingSettings):
    """A cluster that already exists."""

    id: Annotated[str, _id("cluster", "Microsoft.ContainerService/managedClusters", "az aks show")] | None = (
        None
    )
    """ARM id, instead of `name` and `resource_group`; what is in another subscription is named by id only."""


class ExistingVault(ExistingSettings):
    """A vault that already exists."""

    id: Annotated[str, _id("vault", "Microsoft.KeyVault/vaults", "az keyvault show")] | None = None
    """ARM id, instead of `name` and `resource_group`; what is in another subscription is named by id only."""


class ExistingIdentity(ExistingSettings):
    """A user-assigned identity that already exists."""

    id: (
        Annotated[
            str, _id("identity", "Microsoft.ManagedIdentity/userAssignedIdentities", "az identity show")
        ]
        | None
    ) = None
    """ARM id, instead of `name` and `resource_group`; what is in another subscription is named by id only."""


class ExistingWorkspace(ExistingSettings):
    """A Log Analytics workspace that already exists."""

    id: (
        Annotated[
            str,
            _id(
                "workspace",
                "Microsoft.OperationalInsights/workspaces",
                "az monitor log-analytics workspace show",
            ),
        ]
        | None
    ) = None
    """ARM id, instead of `name` and `resource_group`; what is in another subscription is named by id only."""


class ExistingActionGroup(ExistingSettings):
    """An action group that already exists."""

    # Its name may have spaces and full stops, and Azure's own has: "Application Insights Smart Detection".
    id: (
        Annotated[
            str,
            _id(
                "action group",
                "Microsoft.Insights/actionGroups",
                "az monitor action-group show",
                r"[^/&%\\?<>:+]{1,260}",
            ),
        ]
        | None
    ) = None
    """ARM id, instead of `name` and `resource_group`; what is in another subscription is named by id only."""


class ResourceGroupSettings(Section):
    """A resource group that the program does not make."""

    name: ResourceGroupName
    """Name of the group, as `cluster.resource_group` or `vault.resource_group` has it."""
    existing: bool = False
    """The group already exists: the program neither makes nor deletes it."""
