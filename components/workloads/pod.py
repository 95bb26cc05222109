"""What runs in the cluster for a workload, as plain data.

Owns: the vocabulary in which a workload's pod is described, spelled as Kubernetes spells it.
Deliberately not here: the Kubernetes objects (manifests.py) and the limits (stacks/settings, before anything is registered).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class WorkloadKind(StrEnum):
    """What owns the pod."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    CRON_JOB = "CronJob"
    JOB = "Job"
    POD = "Pod"
    NONE = "none"
    """Nobody here: everything but the pod is made, for applications that somebody else deploys."""


class Security(StrEnum):
    """How little the container may do. https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

    RESTRICTED = "restricted"
    """Never root, no capability, no way to more rights."""
    BASELINE = "baseline"
    """May run as root, for images that need it."""


class OperatingSystem(StrEnum):
    """What the container is made for. https://kubernetes.io/docs/concepts/windows/"""

    LINUX = "linux"
    WINDOWS = "windows"


class RestartPolicy(StrEnum):
    """What the kubelet does when the container ends."""

    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"
    NEVER = "Never"


class ServiceType(StrEnum):
    """Where the Service can be reached."""

    CLUSTER_IP = "ClusterIP"
    """In the cluster, under one address."""
    HEADLESS = "Headless"
    """In the cluster, under the addresses of the pods: clusterIP None."""
    LOAD_BALANCER = "LoadBalancer"
    """In the virtual network, through an internal load balancer; never from the internet."""


class UpdateType(StrEnum):
    """How pods are replaced."""

    ROLLING_UPDATE = "RollingUpdate"
    RECREATE = "Recreate"
    """Deployment: all old ones go first."""
    ON_DELETE = "OnDelete"
    """StatefulSet, DaemonSet: when somebody deletes them."""


class Autoscaler(StrEnum):
    """Who moves the number of pods."""

    HPA = "hpa"
    """A HorizontalPodAutoscaler that comes with the workload."""
    EXTERNAL = "external"
    """Somebody else's: KEDA, or a HorizontalPodAutoscaler of their own."""


@dataclass(frozen=True, kw_only=True)
class PodAutoscaling:
    """Somebody moves the number of pods, so that it is said once, when the first ones are made."""

    by: Autoscaler = Autoscaler.HPA
    max_replicas: int | None = None
    """None: the autoscaler is somebody else's, and knows."""
    aims: Mapping[str, int] = field(default_factory=dict[str, int])
    """Resource name → per cent in use of what the container requests."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question that the kubelet asks the container: one of ``path``, ``tcp`` and ``command``."""

    path: str | None = None
    tcp: bool = False
    command: Sequence[str] = ()
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateStrategy:
    """How a new version replaces the old one; Kubernetes' defaults where nothing is said."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None
    min_ready_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A Service in front of the pods."""

    type: ServiceType = ServiceType.CLUSTER_IP
    port: int
    target_port: int
    """Where the container listens."""


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One container and what owns it. Whatever is not said here, ``overrides`` say."""

    image: str
    os: OperatingSystem = OperatingSystem.LINUX
    kind: WorkloadKind = WorkloadKind.DEPLOYMENT
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    port: int | None = None
    replicas: int = 1
    """With an autoscaler: at least, and at first."""
    autoscale: PodAutoscaling | None = None
    """Of a Deployment or StatefulSet."""
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
    """CronJob: a name of the tz database; that of the control plane (UTC) if not given."""
    security: Security = Security.RESTRICTED
    run_as_user: int | None = None
    """For images whose USER is a name: the kubelet cannot tell that it is not root."""
    read_only_root_filesystem: bool = False
    scratch: Sequence[str] = ()
    """Paths of empty folders that the container may write to."""
    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """A strategic merge over the owner's manifest, with Kubernetes' own keys."""

    @property
    def several(self) -> bool:
        """Whether there are several pods, or may be one day."""
        most = self.autoscale.max_replicas if self.autoscale else self.replicas
        return most is None or most > 1
