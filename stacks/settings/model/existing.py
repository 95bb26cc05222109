"""``existing:``: what is there already, and whose it is. It is read, and never changed, re-tagged or deleted."""

from typing import Annotated

from components.resource_ids import ArmId
from stacks.settings.model.section import Section
from stacks.settings.types.azure import RESOURCE_NAME_RULES, ResourceGroupName, arm_id
from stacks.settings.validation.constraints import Pattern


def _id(kind: str, provider: str, command: str, name: str = r"[\w-]{1,128}") -> Pattern:
    return arm_id(
        f"existing-{kind.replace(' ', '-')}-id",
        rf"(?i:{provider})/{name}",
        is_a=f"id of {'an' if kind[0] in 'aeiou' else 'a'} {kind}",
        command=f"{command} --query id",
        source=RESOURCE_NAME_RULES,
    )


class ExistingSettings(Section):
    """Something of Azure's that is there already."""

    name: str | None = None
    """Its name, with resource_group beside it."""
    resource_group: ResourceGroupName | None = None
    """The resource group that it is in."""

    @property
    def resource_group_and_name(self) -> tuple[str, str]:
        """Resource group and name."""
        given: str | None = getattr(self, "id", None)
        if given:
            arm_id_ = ArmId.parse(given)
            return arm_id_.resource_group, arm_id_.name
        return self.resource_group or "", self.name or ""

    @property
    def subscription(self) -> str | None:
        """Of the id, where one is given."""
        given: str | None = getattr(self, "id", None)
        return ArmId.parse(given).subscription_id if given else None


class ExistingCluster(ExistingSettings):
    """A cluster that is there already."""

    id: (
        Annotated[str, _id("cluster", r"Microsoft\.ContainerService/managedClusters", "az aks show")] | None
    ) = None
    """Its ARM id, instead of name and resource_group."""


class ExistingVault(ExistingSettings):
    """A vault that is there already."""

    id: Annotated[str, _id("vault", r"Microsoft\.KeyVault/vaults", "az keyvault show")] | None = None
    """Its ARM id, instead of name and resource_group."""


class ExistingIdentity(ExistingSettings):
    """A user-assigned identity that is there already."""

    id: (
        Annotated[
            str, _id("identity", r"Microsoft\.ManagedIdentity/userAssignedIdentities", "az identity show")
        ]
        | None
    ) = None
    """Its ARM id, instead of name and resource_group."""


class ExistingWorkspace(ExistingSettings):
    """A Log Analytics workspace that is there already."""

    id: (
        Annotated[
            str,
            _id(
                "workspace",
                r"Microsoft\.OperationalInsights/workspaces",
                "az monitor log-analytics workspace show",
            ),
        ]
        | None
    ) = None
    """Its ARM id, instead of name and resource_group."""


class ExistingActionGroup(ExistingSettings):
    """An action group that is there already."""

    # Its name may have spaces and full stops, and Azure's own has: "Application Insights Smart Detection".
    id: (
        Annotated[
            str,
            _id(
                "action group",
                r"Microsoft\.Insights/actionGroups",
                "az monitor action-group show",
                r"[^/&%\\?<>:+]{1,260}",
            ),
        ]
        | None
    ) = None
    """Its ARM id, instead of name and resource_group."""


class ResourceGroupSettings(Section):
    """A resource group of which there is something to say."""

    name: ResourceGroupName
    """What `cluster.resource_group` or `vault.resource_group` says."""
    existing: bool = False
    """It is there already: the program does not make it, and does not delete it."""
