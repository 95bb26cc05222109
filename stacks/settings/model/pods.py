"""The keys of ``workloads[]`` that say what runs: one container and what owns it.

Spelled as Kubernetes spells them, in snake case. What is not here, ``overrides`` say (overrides.py).
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from components.workloads.pod import (
    OperatingSystem,
    RestartPolicy,
    Security,
    ServiceType,
    UpdateType,
    WorkloadKind,
)
from stacks.settings.model.autoscaling import PodAutoscalingSettings
from stacks.settings.model.section import Section
from stacks.settings.types.cron import Schedule, TimeZone
from stacks.settings.types.quantities import Cores, Memory
from stacks.settings.validation.constraints import IntRange, Pattern

_PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"

_PATH_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
Image = Annotated[
    str,
    Pattern(
        "container-image",
        rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?{_PATH_PART}(?:/{_PATH_PART})*(?:(?::\w[\w.-]{{0,127}})?@sha256:[0-9a-f]{{64}}|:\w[\w.-]{{0,127}})",
        is_a="container image with a tag or a digest",
        remedy="use registry/name:tag or registry/name@sha256:…; without either it is whatever :latest is that day",
        example="ghcr.io/stefanprodan/podinfo:6.14.1",
        source="https://kubernetes.io/docs/concepts/containers/images/#image-names",
    ),
]
Port = Annotated[
    int,
    IntRange(
        "port",
        1,
        65535,
        unit="as a port",
        example=8080,
        source="https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service",
    ),
]
Replicas = Annotated[
    int,
    IntRange(
        "replicas",
        0,
        1000,
        unit="replicas",
        example=2,
        source="our own choice: more is a slip of the finger; overrides can say more",
    ),
]
UserId = Annotated[
    int,
    IntRange(
        "run-as-user",
        0,
        2**31 - 1,
        unit="as a user id",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    ),
]
ScratchPath = Annotated[
    str,
    Pattern(
        "scratch-path",
        r"(?!.*/\.\.?(?:/|$))(?!/(?:bin|boot|etc|home|lib|lib64|root|run|sbin|usr|var)$)(?!/(?:dev|proc|sys|(?:var/)?run/secrets)(?:/|$))"
        r"(?:/[A-Za-z0-9_.-]+)+",
        is_a="path for a scratch folder",
        remedy="begin it with a slash, no slash at the end, and no folder of the system: the empty folder would hide what is in it",
        example="/tmp",
        source="https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
    ),
]


def _text(value: object) -> object:
    """``1`` and ``25%`` both are amounts."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Share = Annotated[
    str,
    Pattern(
        "update-share",
        r"[0-9]{1,4}|[0-9]{1,3}%",
        is_a="number of pods",
        remedy="use a number, or a share such as 25%",
        example="25%",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment",
    ),
    BeforeValidator(_text, json_schema_input_type=int | str),
]
Delay = Annotated[int, IntRange("probe-delay", 0, 3600, unit="seconds", source=f"{_PROBES}#configuration")]
Period = Annotated[int, IntRange("probe-period", 1, 3600, unit="seconds", source=f"{_PROBES}#configuration")]
Ready = Annotated[
    int,
    IntRange(
        "min-ready-seconds",
        0,
        600,
        unit="seconds",
        source="our own choice: pods may take 20 minutes in all, and the last ten are theirs",
    ),
]
Threshold = Annotated[
    int, IntRange("probe-threshold", 1, 1000, unit="failures", source=f"{_PROBES}#configuration")
]


class AmountSettings(Section):
    """Amounts of what a node has."""

    cpu: Cores | None = None
    """Cores: `250m` is a quarter."""
    memory: Memory | None = None
    """Bytes: `128Mi`."""


class ResourceSettings(Section):
    """What the container gets of its node."""

    requests: AmountSettings = AmountSettings()
    """What the scheduler sets aside."""
    limits: AmountSettings = AmountSettings()
    """What it may not go beyond."""


class ProbeSettings(Section):
    """A question that the kubelet asks the container: one of path, tcp and command."""

    path: str | None = None
    """HTTP path on `port`: 200 to 399 is well."""
    tcp: bool = False
    """Whether `port` takes a connection."""
    command: tuple[str, ...] = ()
    """A command in the container: 0 is well."""
    initial_delay_seconds: Delay | None = None
    """Before the first question; 0 if not given."""
    period_seconds: Period | None = None
    """Between questions; 10 if not given."""
    timeout_seconds: Period | None = None
    """For an answer; 1 if not given."""
    failure_threshold: Threshold | None = None
    """Failures in a row that count; 3 if not given."""


class ProbesSettings(Section):
    """How Kubernetes knows that the container is well."""

    startup: ProbeSettings | None = None
    """Asked first, until it is well once."""
    readiness: ProbeSettings | None = None
    """Whether the Service sends it traffic."""
    liveness: ProbeSettings | None = None
    """Whether it has to be restarted."""


class ServiceSettings(Section):
    """A Service in front of the pods, called like the workload."""

    type: ServiceType = ServiceType.CLUSTER_IP
    """LoadBalancer is an internal one, in the virtual network; Headless is clusterIP None."""
    port: Port | None = None
    """Port of the Service; the container's if not given."""


class UpdateStrategySettings(Section):
    """How a new version replaces the old one."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    """Recreate is for a Deployment, OnDelete for a StatefulSet."""
    max_surge: Share | None = None
    """Pods more than wanted, meanwhile; Kubernetes' default if not given."""
    max_unavailable: Share | None = None
    """Pods fewer than wanted, meanwhile; Kubernetes' default if not given."""
    min_ready_seconds: Ready | None = None
    """For how long a new pod has to be well before it counts."""


class PodSettings(Section):
    """One container and what owns it."""

    kind: WorkloadKind = WorkloadKind.DEPLOYMENT
    """What owns the pod; none: everything but the pod, for applications that somebody else deploys."""
    image: Image | None = None
    """Container image, with its tag or digest; needed unless the kind is none."""
    os: OperatingSystem = OperatingSystem.LINUX
    """What the image is made for, and with it the nodes; windows needs a pool of Windows nodes."""
    command: tuple[str, ...] = ()
    """Instead of the image's entry point."""
    args: tuple[str, ...] = ()
    """Instead of the image's arguments."""
    env: Mapping[str, str] = {}
    """Environment variables that are no secret: the stack file shows them to everybody."""
    port: Port | None = None
    """Where the container listens."""
    replicas: Replicas = 1
    """Pods, of a Deployment or StatefulSet; with two or more come a disruption budget and topology spread."""
    autoscale: PodAutoscalingSettings | None = None
    """Instead of `replicas`: somebody moves the number of pods, and the program leaves it alone."""
    resources: ResourceSettings = ResourceSettings()
    """What the container gets of its node; nothing is set aside if not given."""
    probes: ProbesSettings = ProbesSettings()
    """How Kubernetes knows that the container is well."""
    service: ServiceSettings | None = None
    """A Service in front of the pods."""
    update_strategy: UpdateStrategySettings | None = None
    """How a new version replaces the old one; Kubernetes' defaults if not given."""
    restart_policy: RestartPolicy | None = None
    """Of a Pod (Always if not given), Job or CronJob (OnFailure if not given)."""
    schedule: Schedule | None = None
    """When a CronJob runs."""
    time_zone: TimeZone | None = None
    """Of the schedule; UTC if not given."""
    security: Security = Security.RESTRICTED
    """restricted: never root, no capability; baseline: for an image that needs root."""
    security_reason: str | None = None
    """With `security: baseline`: why the image needs it."""
    run_as_user: UserId | None = None
    """User id of the process, for images whose USER is a name or root."""
    read_only_root_filesystem: bool = False
    """The container cannot write to its image's files; `scratch` is for what it has to write."""
    scratch: tuple[ScratchPath, ...] = ()
    """Folders that the container may write to: empty at first, gone with the pod (emptyDir)."""
    overrides: Mapping[str, Any] = {}
    """Strategic merge over the manifest of the pod's owner, with Kubernetes' own keys."""
