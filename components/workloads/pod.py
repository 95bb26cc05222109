"""The pod of a workload and its owner, as plain data in Kubernetes' own words.

Deliberately not here: the Kubernetes objects (manifests.py, pod_template.py) and the validation
(stacks/settings).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pulumi


class WorkloadKind(StrEnum):
    """Kind of the pod's owner."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    CRON_JOB = "CronJob"
    JOB = "Job"
    POD = "Pod"
    NONE = "none"
    """No owner: the program creates everything but the pod, which is deployed elsewhere."""


class Security(StrEnum):
    """Pod Security Standard that the container complies with.
    https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """

    RESTRICTED = "restricted"
    """No root, no capabilities, no privilege escalation."""
    BASELINE = "baseline"
    """May run as root, for images that need it."""


class OperatingSystem(StrEnum):
    """Operating system of the container. https://kubernetes.io/docs/concepts/windows/"""

    LINUX = "linux"
    WINDOWS = "windows"


class RestartPolicy(StrEnum):
    """The kubelet's action when the container exits."""

    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"
    NEVER = "Never"


class ServiceType(StrEnum):
    """Reachability of the Service."""

    CLUSTER_IP = "ClusterIP"
    """In the cluster, at one address."""
    HEADLESS = "Headless"
    """In the cluster, at the addresses of the pods: clusterIP None."""
    LOAD_BALANCER = "LoadBalancer"
    """In the virtual network, through an internal load balancer; not from the internet."""


class UpdateType(StrEnum):
    """Replacement of pods by a new version."""

    ROLLING_UPDATE = "RollingUpdate"
    RECREATE = "Recreate"
    """Deployment: all old pods are deleted first."""
    ON_DELETE = "OnDelete"
    """StatefulSet, DaemonSet: a pod is replaced when it is deleted by hand."""


class Autoscaler(StrEnum):
    """The autoscaler that changes the number of pods."""

    HPA = "hpa"
    """A HorizontalPodAutoscaler that the program creates."""
    EXTERNAL = "external"
    """One that is managed elsewhere: KEDA, or another HorizontalPodAutoscaler."""


@dataclass(frozen=True, kw_only=True)
class PodAutoscaling:
    """Autoscaling of the pods. The program sets their number only at creation."""

    by: Autoscaler = Autoscaler.HPA
    max_replicas: int | None = None
    """None if the autoscaler is managed elsewhere."""
    aims: Mapping[str, int] = field(default_factory=dict[str, int])
    """Resource name → target utilization, in percent of the container's request."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A probe of the container, with one of ``path``, ``tcp`` and ``command``."""

    path: str | None = None
    tcp: bool = False
    command: Sequence[str] = ()
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateStrategy:
    """Update strategy of the owner. None: Kubernetes' default."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None
    min_ready_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A Service of the pods."""

    type: ServiceType = ServiceType.CLUSTER_IP
    port: int
    target_port: int
    """Port on which the container listens."""
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Ingress:
    """A name under which the application routing add-on serves the workload."""

    host: str
    path: str = "/"
    certificate_uri: pulumi.Input[str]
    """URI of the certificate without a version, so that the add-on follows a renewal."""
    depends_on: Sequence[pulumi.Resource] = ()
    """Without these the add-on does not read the certificate."""


class TolerationOperator(StrEnum):
    """Comparison of a toleration with a taint."""

    EQUAL = "Equal"
    EXISTS = "Exists"


class TaintEffect(StrEnum):
    """Effect of a taint."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


@dataclass(frozen=True, kw_only=True)
class Toleration:
    """A taint that the pods tolerate. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"""

    key: str | None = None
    operator: TolerationOperator = TolerationOperator.EQUAL
    value: str | None = None
    effect: TaintEffect | None = None
    toleration_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class HostAlias:
    """A line of ``/etc/hosts``."""

    ip: str
    hostnames: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod with one container, and its owner. ``overrides`` cover everything else."""

    image: str
    os: OperatingSystem = OperatingSystem.LINUX
    kind: WorkloadKind = WorkloadKind.DEPLOYMENT
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    port: int | None = None
    replicas: int = 1
    """Number of pods; with autoscaling, the minimum and the initial number."""
    autoscale: PodAutoscaling | None = None
    """For a Deployment or StatefulSet."""
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """``requests`` and ``limits``, each resource name → quantity."""
    probes: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
    """``liveness``, ``readiness``, ``startup``."""
    service: Service | None = None
    update_strategy: UpdateStrategy | None = None
    restart_policy: RestartPolicy | None = None
    schedule: str | None = None
    """CronJob: five fields, or ``@hourly`` and the like."""
    time_zone: str | None = None
    """CronJob: a name of the tz database. None: the control plane's time zone (UTC)."""
    security: Security = Security.RESTRICTED
    priority_class: str | None = None
    image_pull_secrets: Sequence[str] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerations: Sequence[Toleration] = ()
    affinity: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """With Kubernetes' own keys."""
    host_aliases: Sequence[HostAlias] = ()
    fs_group: int | None = None
    run_as_user: int | None = None
    """For images whose USER is a name, which the kubelet cannot verify as non-root."""
    read_only_root_filesystem: bool = False
    scratch: Sequence[str] = ()
    """Paths at which empty, writable folders are mounted."""
    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Strategic merge patch of the owner's manifest, with Kubernetes' own keys."""

    @property
    def several(self) -> bool:
        """There are several pods, or autoscaling may create several."""
        maximum = self.autoscale.max_replicas if self.autoscale else self.replicas
        return maximum is None or maximum > 1
