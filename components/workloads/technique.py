"""A technique and its traits: the settings check a workload against them before anything is registered.

Owns: ``Technique`` (the names that a stack file uses) and ``TechniqueSpec`` (what a technique supports, needs
and reserves in the pod). Deliberately not here: the value of each spec, which stands beside its bundle class
in ``techniques/``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from components.authorization.roles import ObjectType
from components.operators import Operator
from components.workloads.network_policy import Egress
from components.workloads.pod import WorkloadKind
from components.workloads.techniques.csi_access_modes import Access
from components.workloads.vault_objects import Capability


class Technique(StrEnum):
    """How secrets get into the pod."""

    SDK = "sdk"
    """The application reads the vault itself, with an Azure SDK."""
    CSI = "csi"
    """The Secrets Store CSI driver mounts files, and syncs a Kubernetes Secret for environment variables."""
    ESO = "eso"
    """The External Secrets Operator copies into Kubernetes Secrets."""
    DAPR = "dapr"
    """The application calls its Dapr sidecar, and the sidecar reads the vault."""
    SECRET_SYNC = "secret-sync"
    """The Secrets Store Sync Controller copies into Kubernetes Secrets. Upstream calls it experimental."""
    AKV2K8S = "akv2k8s"
    """The controller of akv2k8s copies into Kubernetes Secrets, and reads as itself. Experimental."""
    KUBERNETES_SECRET = "kubernetes-secret"
    """A Kubernetes Secret that this program writes."""


@dataclass(frozen=True, kw_only=True)
class SecretLimits:
    """The form of a Kubernetes Secret that an operator makes, where Kubernetes itself would accept more.
    Regular expressions for whole texts.
    """

    key: re.Pattern[str]
    """A key of its data."""
    label: re.Pattern[str]
    """The key of a label."""
    annotation: re.Pattern[str]
    """The key of an annotation."""
    value: re.Pattern[str]
    """The value of a label or an annotation."""
    key_form: str
    """The form of such a key of its data, for people."""
    value_form: str
    """The form of such a value of a label or an annotation, for people."""


@dataclass(frozen=True, kw_only=True)
class TechniqueSpec:
    """The traits of a technique."""

    description: str
    """How the pod gets the value; shown to people in the output ``access`` and in errors."""
    capabilities: frozenset[Capability] = frozenset()
    """Keys of the settings that the technique supports."""
    operator: Operator | None = None
    """Operator that has to run in the cluster."""
    operator_reads: bool = False
    """The operator reads the vaults as itself, for all workloads: none of them has an identity."""
    object_types: frozenset[ObjectType] = frozenset(ObjectType)
    """Types of vault objects that the technique can read."""
    encodings: frozenset[str] = frozenset()
    """Encodings of a value in the vault that the technique decodes for the pod."""
    unsupported_kinds: Mapping[WorkloadKind, str] = field(default_factory=dict[WorkloadKind, str])
    """Kinds that cannot own the pods → the reason."""
    access_modes: frozenset[Access] = frozenset()
    """Values of `access` that it supports. Empty: it has no such key, and the workload's identity reads the
    vault by a federated credential, or nothing in the cluster does.
    """
    access_limitations: Mapping[Access, str] = field(default_factory=dict[Access, str])
    """Access modes that it does not support → the reason."""
    windows_limitation: str = ""
    """Reason why the technique does not work on Windows nodes; empty: it works."""
    uses_kubernetes_secrets: bool = False
    """Every value is kept in a Kubernetes Secret, and files are mounted from there."""
    certificates_are_pem: bool = True
    """A certificate without its private key arrives as PEM."""
    secrets_follow_running_pods: bool = False
    """A Kubernetes Secret gets new values only while a pod of the workload runs."""
    writes_values: bool = False
    """This program writes the values into the cluster, so it has to know them."""
    secret_suffix: str = "secrets"
    """Follows the workload's name in the default name of its Kubernetes Secret. It differs between
    techniques: while one technique replaces another, both Secrets exist.
    """
    secret_per_value: bool = False
    """By default each value has a Kubernetes Secret of its own. False: the workload has one for all."""
    secret_of_one_vault: bool = False
    """A Kubernetes Secret holds objects of one vault."""
    secret_of_one_object: bool = False
    """A Kubernetes Secret holds one object, under one key."""
    secret_types: frozenset[str] | None = None
    """Types of its Kubernetes Secrets. None: any."""
    secret_limits: SecretLimits | None = None
    """The form of its Kubernetes Secrets. None: any that Kubernetes accepts."""
    reserved_env: frozenset[str]
    """Environment variables that the technique sets."""
    reserved_volumes: frozenset[str]
    """Volumes that the technique adds to the pod."""
    reserved_mounts: frozenset[str] = frozenset()
    """Paths, besides ``mount_path``, at which the technique mounts files of Kubernetes Secrets."""
    reserved_metadata: frozenset[str] = frozenset()
    """Labels and annotations that its operator owns; with a slash at the end, all with that prefix."""
    reserved_ports: frozenset[int] = frozenset()
    """Ports on which a container of the technique listens in the pod."""
    env_by_vault: frozenset[str] = frozenset()
    """Environment variables that exist once per vault, with the vault's name as a suffix."""
    volume_by_vault: str | None = None
    """Volume that exists once per vault and is mounted at ``mount_path``, both with the vault's name as a
    suffix. None: a volume may hold objects of several vaults.
    """
    egress: frozenset[Egress] = frozenset()
    """Endpoints that the pod itself has to reach."""
    operator_namespace: str | None = None
    """Namespace of the operator's control plane, if the settings name no other; required with
    ``Egress.OPERATOR``.
    """
