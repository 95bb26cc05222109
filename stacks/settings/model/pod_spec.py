"""The keys of ``workloads[]`` that are fields of the pod's spec: where it runs, what it pulls with, and more.

The keys are Kubernetes' own in snake case, without a ``Name`` at the end.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from components.workloads.pod import TaintEffect, TolerationOperator
from stacks.settings.model.delivery import KubernetesSecretName
from stacks.settings.model.metadata import AnnotationKey, LabelKey, LabelValue
from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DNS_SUBDOMAIN
from stacks.settings.validation.constraints import IntRange, Pattern

PriorityClass = Annotated[
    str,
    Pattern(
        "priority-class",
        DNS_SUBDOMAIN,
        is_a="name of a PriorityClass",
        remedy=(
            "use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end"
        ),
        example="high-priority",
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass",
        hyphenated=True,
    ),
]
HostName = Annotated[
    str,
    Pattern(
        "host-name",
        DNS_SUBDOMAIN,
        is_a="host name",
        remedy="use lower-case letters, digits, hyphens and full stops, a letter or digit at each end",
        example="db.internal",
        source="https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/",
    ),
]
GroupId = Annotated[
    int,
    IntRange(
        "fs-group",
        0,
        2**31 - 1,
        unit="as a group id",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod",
    ),
]
EvictionDelay = Annotated[
    int,
    IntRange(
        "toleration-seconds",
        0,
        2**31 - 1,
        unit="seconds",
        example=300,
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions",
    ),
]


class TolerationSettings(Section):
    """A taint of nodes on which the pods may run all the same."""

    key: LabelKey | None = None
    """Key of the taint; every key by default, which needs `operator: Exists`."""
    operator: TolerationOperator = TolerationOperator.EQUAL
    """Equal: the taint has this value; Exists: any value."""
    value: LabelValue | None = None
    """Value of the taint."""
    effect: TaintEffect | None = None
    """Effect of the taint: NoSchedule, PreferNoSchedule or NoExecute; every effect by default."""
    toleration_seconds: EvictionDelay | None = None
    """With `effect: NoExecute`: seconds for which the pods stay on a node that gets the taint; for good by
    default.
    """


class HostAliasSettings(Section):
    """A line of `/etc/hosts`."""

    ip: str
    """IP address."""
    hostnames: tuple[HostName, ...]
    """Names that lead to it."""


class PodSpecSettings(Section):
    """Fields of the pod's spec."""

    priority_class: PriorityClass | None = None
    """Name of the pods' PriorityClass, which exists in the cluster; the cluster's default by default."""
    image_pull_secrets: tuple[KubernetesSecretName, ...] = ()
    """Kubernetes Secrets with which the images are pulled, by name: a secret of this list with
    `kubernetes_secret: {name, type: kubernetes.io/dockerconfigjson}`, or one that exists in the namespace.
    """
    node_selector: Mapping[LabelKey, LabelValue] = {}
    """Labels of the nodes on which the pods run, all of them."""
    tolerations: tuple[TolerationSettings, ...] = ()
    """Taints of nodes on which the pods may run all the same."""
    affinity: Mapping[str, Any] = {}
    """Rules about nodes and other pods, with Kubernetes' own keys: `nodeAffinity`, `podAntiAffinity`."""
    host_aliases: tuple[HostAliasSettings, ...] = ()
    """Lines of the pods' `/etc/hosts`."""
    fs_group: GroupId | None = None
    """Group that files of volumes get and the process is in. Files of a Kubernetes Secret get it, those that
    the CSI driver mounts do not.
    """
    service_account_annotations: Mapping[AnnotationKey, str] = {}
    """Annotations of the ServiceAccount, besides the two that name the identity."""
