"""What a bundle is told: who the workload is, what it reads of which vault, what runs, and the technique that it is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.identity.principal import ServiceAccount, VaultPrincipal
from components.key_vault.vault import KeyVault
from components.workloads.pod import Pod
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.techniques.dapr_app import DaprApp
from components.workloads.techniques.eso_policies import Sync
from components.workloads.vault_objects import (
    SecretQuery,
    TemplatedSecret,
    VaultObject,
    env_suffix,
    qualified_name,
    suffix,
)


@dataclass(frozen=True)
class VaultObjects:
    """What a workload reads of one vault."""

    label: str | None
    """What the settings call it; None: the vault that has no name."""
    vault: KeyVault
    objects: Sequence[VaultObject]

    @property
    def suffix(self) -> str:
        """Behind the names of volumes and folders, of which there is one per vault."""
        return suffix(self.label)

    @property
    def env_suffix(self) -> str:
        """The same for environment variables."""
        return env_suffix(self.label)

    def qualified(self, name: str) -> str:
        """The same for objects: no workload can be called so, since a full stop is in it."""
        return qualified_name(name, self.label)


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """Who the workload is, what it reads and what runs."""

    service_account: ServiceAccount
    existing_service_account: bool = False
    """True: it is there already, and gets the two annotations."""
    identity: VaultPrincipal
    """Its own identity, or one that it borrows."""
    access: Access = Access.WORKLOAD_IDENTITY
    client_secret: pulumi.Input[str] | None = None
    """Of the identity, where it is a service principal."""
    namespace: pulumi.Resource | None
    """The Namespace object: names are plain strings, so nothing else says that it has to be there first. None: it is not of this stack."""
    vault: KeyVault
    additional_vaults: Mapping[str, KeyVault] = field(default_factory=dict[str, KeyVault])
    """Others, by what the objects in them say."""
    secrets: Sequence[VaultObject] = ()
    mount_path: str = "/mnt/secrets-store"
    """Where files with values stand in the container."""
    reload: bool = False
    """New pods when a value changes: by Reloader."""
    await_pods: bool = True
    """False: an update does not wait until they are well, because somebody else has to grant their rights first."""
    operator: pulumi.Resource | None = None
    """What serves the technique's custom resources in the cluster. None: the technique has none, or it is not of this stack."""
    operator_account: ServiceAccount | None = None
    """Who of the operator has to be allowed to act as the workload's ServiceAccount; None: it may already."""
    templated_secrets: Sequence[TemplatedSecret] = ()
    secret_queries: Sequence[SecretQuery] = ()
    sync: Sync = field(default_factory=Sync)
    dapr: DaprApp | None = None
    """None: called like the workload."""
    isolated: bool = False
    """Whether its namespace lets nobody through, so that it has to say whom it needs."""
    dapr_namespace: str = "dapr-system"
    """Where Dapr's control plane is."""
    pod: Pod | None = None
    """None: somebody else deploys the pod."""

    def vault_of(self, label: str | None) -> KeyVault:
        """The vault that the settings call so."""
        return self.additional_vaults[label] if label else self.vault

    @property
    def by_vault(self) -> "list[VaultObjects]":
        """What is wanted of each vault, in the order of the list; of a workload that lists nothing: nothing of the vault."""
        labels = dict.fromkeys(
            [*(one.vault for one in self.secrets), *(one.vault for one in self.secret_queries)]
        ) or {None: None}
        return [
            VaultObjects(label, self.vault_of(label), [one for one in self.secrets if one.vault == label])
            for label in labels
        ]

    @property
    def secret_resources(self) -> list[pulumi.Resource]:
        """What has to be there before every listed object can be read."""
        return [
            ready
            for part in self.by_vault
            for ready in part.vault.dependencies_for(one.name for one in part.objects)
        ]

    @property
    def namespace_dependencies(self) -> list[pulumi.Resource]:
        """What every object of the workload comes after."""
        return [self.namespace] if self.namespace else []
