"""The names and ids in Azure that follow from the settings and the subscription alone.

Owns: the names of what the stack creates, and the list of what the settings name as existing. They are plain
strings, so that a first preview shows them, and a check can ask Azure about them before anything exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from components import naming
from components.resource_ids import cluster_id, resource_id, vault_id
from stacks.settings.model.existing import ExistingSettings
from stacks.settings.model.settings import Settings
from stacks.settings.validation.problems import Path

ACTION_GROUP, WORKSPACE, IDENTITY = "action group", "workspace", "identity"
_TYPES: Mapping[str, str] = {
    "cluster": "Microsoft.ContainerService/managedClusters",
    "vault": "Microsoft.KeyVault/vaults",
    IDENTITY: "Microsoft.ManagedIdentity/userAssignedIdentities",
    WORKSPACE: "Microsoft.OperationalInsights/workspaces",
    ACTION_GROUP: "Microsoft.Insights/actionGroups",
}


@dataclass(frozen=True, kw_only=True)
class VaultName:
    """A vault that the stack creates."""

    resource_group: str
    name: str
    id: str
    """ARM id."""


@dataclass(frozen=True, kw_only=True)
class AzureNames:
    """The names of all that a stack creates in a subscription."""

    resource_group: str
    """Resource group of everything but vaults with a group of their own."""
    cluster: str
    cluster_id: str
    """ARM id."""
    vaults: Mapping[str | None, VaultName]
    """Vaults by their label in the settings; None is the vault of section ``vault``. An existing one has its
    name from there."""

    @classmethod
    def of(cls, settings: Settings, subscription_id: str) -> Self:
        """The names in this subscription."""
        group = settings.cluster.resource_group or naming.resource_group(settings.project, settings.stack)
        cluster = settings.cluster.name or naming.cluster(settings.stack)
        vaults: dict[str | None, VaultName] = {}
        for _, label, vault in settings.all_vaults:
            vault_group = vault.resource_group or group
            name = vault.resource_name or naming.vault(
                subscription_id, settings.project, settings.stack, label
            )
            vaults[label] = VaultName(
                resource_group=vault_group, name=name, id=vault_id(subscription_id, vault_group, name)
            )
        return cls(
            resource_group=group,
            cluster=cluster,
            cluster_id=cluster_id(subscription_id, group, cluster),
            vaults=vaults,
        )


@dataclass(frozen=True, kw_only=True)
class ExistingResource:
    """A resource that the settings name and this stack does not create."""

    path: Path
    """Path of the key that names it."""
    kind: str
    reference: ExistingSettings
    label: str | None = None
    """Label of a vault."""

    def id_in(self, subscription_id: str) -> str:
        """ARM id; a reference by name is in this subscription."""
        group, name = self.reference.resource_group_and_name
        return resource_id(self.reference.subscription or subscription_id, group, _TYPES[self.kind], name)


def existing_resources(settings: Settings) -> list[ExistingResource]:
    """Every resource that the settings name as existing: cluster, vaults, identities, monitoring."""
    monitoring = settings.monitoring
    alerts = monitoring.alerts if monitoring else None
    candidates: list[tuple[Path, str, ExistingSettings | None, str | None]] = [
        (("cluster", "existing"), "cluster", settings.cluster.existing, None),
        *(
            ((*path, "existing"), "vault", vault.existing, label)
            for path, label, vault in settings.all_vaults
        ),
        *(
            (("identities", index, "existing"), IDENTITY, identity.existing, None)
            for index, identity in enumerate(settings.identities)
        ),
        (("monitoring", "existing"), WORKSPACE, monitoring.existing if monitoring else None, None),
        (
            ("monitoring", "alerts", "action_group"),
            ACTION_GROUP,
            alerts.action_group if alerts else None,
            None,
        ),
    ]
    return [
        ExistingResource(path=path, kind=kind, reference=reference, label=label)
        for path, kind, reference, label in candidates
        if reference
    ]
