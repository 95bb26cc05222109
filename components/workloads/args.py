"""Arguments of a workload: its ServiceAccount and identity, the vault objects that it reads, and its pod."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.identity.principal import ServiceAccount, VaultPrincipal
from components.key_vault.vault import KeyVault
from components.workloads.metadata import Metadata
from components.workloads.pod import Ingress, Pod
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.techniques.dapr_app import DaprApp
from components.workloads.techniques.eso_policies import Sync
from components.workloads.techniques.eso_pushes import Push
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
    """The objects that a workload reads from one vault."""

    label: str | None
    """Name of the vault in the settings. None: the vault of section ``vault``."""
    vault: KeyVault
    objects: Sequence[VaultObject]

    @property
    def suffix(self) -> str:
        """Suffix of volumes and folders that exist once per vault."""
        return suffix(self.label)

    @property
    def env_suffix(self) -> str:
        """Suffix of environment variables that exist once per vault."""
        return env_suffix(self.label)

    def qualified(self, name: str) -> str:
        """Name of a Kubernetes object that exists once per vault. No workload can have this name, since it
        contains a full stop.
        """
        return qualified_name(name, self.label)


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """Arguments of ``Workload``."""

    service_account: ServiceAccount
    existing_service_account: bool = False
    """The ServiceAccount exists, and only gets the annotations."""
    annotate_service_account: bool = True
    """False: it belongs to another tool, and stays as it is."""
    service_account_annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    identity: VaultPrincipal
    """Principal that reads the vaults."""
    access: Access = Access.WORKLOAD_IDENTITY
    client_secret: pulumi.Input[str] | None = None
    """Client secret of a service principal. None: the principal has none."""
    namespace: pulumi.Resource | None
    """The Namespace. Names are plain strings, so the dependency has to be explicit. None: the namespace is
    not of this stack.
    """
    vault: KeyVault
    additional_vaults: Mapping[str, KeyVault] = field(default_factory=dict[str, KeyVault])
    """Further vaults, by their name in the settings."""
    secrets: Sequence[VaultObject] = ()
    mount_path: str = "/mnt/secrets-store"
    """Folder of the secrets' files in the container."""
    reload: bool = False
    """Reloader restarts the pods when a value changes."""
    await_pods: bool = True
    """False: Pulumi does not wait for ready pods, because their role assignments are made elsewhere."""
    pods_depend_on: Sequence[pulumi.Resource] = ()
    """Resources that have to be there, ready and complete, before the pods are created or changed."""
    operator: pulumi.Resource | None = None
    """Operator of the technique's custom resources. None: the technique needs none, or it is not of this
    stack.
    """
    operator_namespace: str | None = None
    """Namespace of the operator's control plane. None: the technique's own default, if pods reach it."""
    operator_account: ServiceAccount | None = None
    """ServiceAccount of the operator that needs permission to request the workload's tokens. None: it already
    may.
    """
    templated_secrets: Sequence[TemplatedSecret] = ()
    secret_queries: Sequence[SecretQuery] = ()
    sync: Sync = field(default_factory=Sync)
    pushes: Sequence[Push] = ()
    """Secrets of the vaults that the technique's operator writes."""
    pushed: Sequence[pulumi.Resource] = ()
    """Resources in the cluster that write listed secrets for the workload."""
    shared: Mapping[str, pulumi.Resource] = field(default_factory=dict[str, pulumi.Resource])
    """Objects of the technique that the workload shares with others, by name (``Workload.make_shared``)."""
    dapr: DaprApp | None = None
    """None: the app id is the workload's name."""
    isolated: bool = False
    """Whether its namespace has a default-deny NetworkPolicy, so that the workload needs one of its own."""
    metadata: Metadata = field(default_factory=Metadata)
    """Labels and annotations of every object of the workload, its pods and its Kubernetes Secrets."""
    secret_metadata: Mapping[str, Metadata] = field(default_factory=dict[str, Metadata])
    """Labels and annotations of single Kubernetes Secrets, by their name."""
    used_vaults: Sequence[str | None] = ()
    """Vaults, by their name in the settings, that the application asks itself for more than reading."""
    pod: Pod | None = None
    """None: the pod is deployed elsewhere."""
    ingress: Ingress | None = None
    """None: the Service is reached in the cluster and its network only."""

    def metadata_of(self, secret: str) -> Metadata:
        """Labels and annotations of a Kubernetes Secret."""
        return self.metadata.under(self.secret_metadata.get(secret, Metadata()))

    def object_metadata(
        self, name: str | None, annotations: Mapping[str, pulumi.Input[str]] | None = None
    ) -> dict[str, Any]:
        """``metadata`` of an object in the workload's namespace, with annotations of the program."""
        namespace = self.service_account.namespace
        return {"name": name, "namespace": namespace, **self.metadata.fields({}, annotations or {})}

    def shared_metadata(self, name: str, users: "Sequence[WorkloadArgs]") -> dict[str, Any]:
        """``metadata`` of an object that workloads of the namespace share, with what all of them have."""
        common = Metadata(
            labels=_common([user.metadata.labels for user in users]),
            annotations=_common([user.metadata.annotations for user in users]),
        )
        return {"name": name, "namespace": self.service_account.namespace, **common.fields({}, {})}

    def vault_of(self, label: str | None) -> KeyVault:
        """The vault with this name in the settings."""
        return self.additional_vaults[label] if label else self.vault

    @property
    def by_vault(self) -> "list[VaultObjects]":
        """The objects of each vault, in the order of the list. A workload without objects has one entry, for
        the vault of section ``vault``.
        """
        labels = dict.fromkeys(
            entry.vault for entry in (*self.secrets, *self.secret_queries, *self.pushes)
        ) or {None: None}
        return [
            VaultObjects(
                label, self.vault_of(label), [secret for secret in self.secrets if secret.vault == label]
            )
            for label in labels
        ]

    @property
    def secret_resources(self) -> list[pulumi.Resource]:
        """Resources that have to exist before the listed objects can be read."""
        written = [
            resource
            for part in self.by_vault
            for resource in part.vault.dependencies_for(secret.name for secret in part.objects)
        ]
        return [*written, *self.pushed]

    @property
    def operator_dependencies(self) -> list[pulumi.Resource]:
        """Resources that the technique's custom resources depend on."""
        return [self.operator] if self.operator else []

    @property
    def namespace_dependencies(self) -> list[pulumi.Resource]:
        """Resources that every object of the workload depends on."""
        return [self.namespace] if self.namespace else []


def _common(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The entries that all of these have."""
    first, *others = maps
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}
