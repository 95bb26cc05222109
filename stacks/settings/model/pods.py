"""The keys of ``workloads[]`` that describe the pod: one container and the object that owns it.

The keys are Kubernetes' own in snake case. ``overrides`` sets everything else (rules/overrides.py).
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from components.workloads.pod import (
    OperatingSystem,
    RestartPolicy,
    Security,
    ServiceType,
    UpdateType,
    WorkloadKind,
)
from stacks.settings.model.app_routing import IngressSettings
from stacks.settings.model.autoscaling import PodAutoscalingSettings
from stacks.settings.model.metadata import AnnotationKey
from stacks.settings.model.pod_spec import PodSpecSettings
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.types.cron import Schedule, TimeZone
from stacks.settings.types.quantities import Cores, Memory
from stacks.settings.validation.constraints import IntRange, Pattern

_PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"

_PATH_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
Image = Annotated[
    str,
    Pattern(
        "container-image",
        rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?{_PATH_PART}(?:/{_PATH_PART})*(?:(?::\w[\w.-]{{0,127}})?@(?:sha256:[0-9a-f]{{64}}|sha384:[0-9a-f]{{96}}|sha512:[0-9a-f]{{128}})|:\w[\w.-]{{0,127}})",
        is_a="container image with a tag or a digest",
        remedy=(
            "use registry/name:tag or registry/name@sha256:…; without either the image changes with :latest"
        ),
        example="ghcr.io/stefanprodan/podinfo:6.14.1",
        mended=nearly.image,
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
        source="our own choice: more is a typing error; overrides can set more",
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
        r"(?!.*/\.\.?(?:/|$))(?!/(?:bin|boot|etc|home|lib|lib64|root|run|sbin|usr|var)$)(?!/(?:dev|proc|sys|(?:var/)?run/secrets/(?:azure|kubernetes\.io))(?:/|$))(?!/(?:var/)?run/secrets$)"
        r"(?:/[A-Za-z0-9_.-]+)+",
        is_a="path for a scratch folder",
        remedy=(
            "use an absolute path without a slash at the end, and no system folder, whose files it would hide"
        ),
        example="/tmp",
        mended=nearly.folder,
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
        r"[0-9]{1,9}%?",
        is_a="number of pods",
        remedy="use a number, or a share such as 25%",
        example="25%",
        mended=nearly.share,
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
    """Amounts of a node's CPU and memory."""

    cpu: Cores | None = None
    """CPU in cores or thousandths of a core: `2`, `0.5`, `250m`."""
    memory: Memory | None = None
    """Memory in bytes with a unit: `128Mi`, `1Gi`."""


class ResourceSettings(Section):
    """Resource requests and limits of a container."""

    requests: AmountSettings = AmountSettings()
    """Amounts that the scheduler reserves on the node."""
    limits: AmountSettings = AmountSettings()
    """Amounts that the container cannot exceed."""


class ProbeSettings(Section):
    """A check that the kubelet makes on the container: exactly one of `path`, `tcp` and `command`."""

    needs_a_key: ClassVar[bool] = True

    path: str | None = None
    """HTTP GET of this path on `port`; status 200 to 399 is success."""
    tcp: bool = False
    """TCP connection to `port`; an open port is success."""
    command: tuple[str, ...] = ()
    """Command in the container; exit code 0 is success."""
    initial_delay_seconds: Delay | None = None
    """Seconds before the first check, up to 3600; 0 by default."""
    period_seconds: Period | None = None
    """Seconds between two checks, 1 to 3600; 10 by default."""
    timeout_seconds: Period | None = None
    """Seconds to wait for the result of a check, 1 to 3600; 1 by default."""
    failure_threshold: Threshold | None = None
    """Failures in a row after which the check has failed, 1 to 1000; 3 by default."""


class ProbesSettings(Section):
    """Checks of the container's health."""

    startup: ProbeSettings | None = None
    """Runs first, until it succeeds once; the other probes start then."""
    readiness: ProbeSettings | None = None
    """Decides whether the Service sends traffic to the pod."""
    liveness: ProbeSettings | None = None
    """Decides whether the kubelet restarts the container."""


class ServiceSettings(Section):
    """A Service in front of the pods, with the workload's name."""

    type: ServiceType = ServiceType.CLUSTER_IP
    """ClusterIP; LoadBalancer: an internal one, in the virtual network; Headless: no cluster IP, DNS names
    for each pod.
    """
    port: Port | None = None
    """Port of the Service; the container's `port` by default."""
    annotations: Mapping[AnnotationKey, str] = {}
    """Annotations of the Service, such as the subnet of an internal load balancer."""
    ingress: IngressSettings | None = None
    """HTTPS from outside by AKS' application routing add-on."""


class UpdateStrategySettings(Section):
    """How new pods replace old ones."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    """RollingUpdate; Recreate (Deployment only); OnDelete (StatefulSet only)."""
    max_surge: Share | None = None
    """Pods above the configured number during an update, as a number or in per cent; Kubernetes' default by
    default.
    """
    max_unavailable: Share | None = None
    """Pods that may be missing during an update, as a number or in per cent; Kubernetes' default by default.
    """
    min_ready_seconds: Ready | None = None
    """Seconds for which a new pod must be ready before it counts as available, up to 600."""


class PodSettings(PodSpecSettings):
    """One container and the object that owns its pod."""

    kind: WorkloadKind = WorkloadKind.DEPLOYMENT
    """Kind of the pod's owner. none: the program makes everything but the pod, for applications that another
    tool deploys.
    """
    image: Image | None = None
    """Container image with a tag or a digest. Required unless the kind is none."""
    os: OperatingSystem = OperatingSystem.LINUX
    """Operating system of the image and of the nodes. windows requires a Windows node pool."""
    command: tuple[str, ...] = ()
    """Replaces the image's entry point."""
    args: tuple[str, ...] = ()
    """Replaces the image's arguments."""
    env: Mapping[str, str] = {}
    """Environment variables that are not secret. Everyone who reads the stack file sees them."""
    port: Port | None = None
    """Port on which the container listens."""
    replicas: Replicas = 1
    """Pods of a Deployment or StatefulSet, up to 1000. From 2 on, the program adds a disruption budget and
    topology spread.
    """
    autoscale: PodAutoscalingSettings | None = None
    """Let an autoscaler choose the number of pods, instead of `replicas`."""
    resources: ResourceSettings = ResourceSettings()
    """Resource requests and limits of the container; none by default."""
    probes: ProbesSettings = ProbesSettings()
    """Checks of the container's health."""
    service: ServiceSettings | None = None
    """A Service in front of the pods; none by default."""
    update_strategy: UpdateStrategySettings | None = None
    """How new pods replace old ones; Kubernetes' defaults by default."""
    restart_policy: RestartPolicy | None = None
    """When the kubelet restarts the container; Always by default for a Pod, OnFailure for a Job or CronJob.
    """
    schedule: Schedule | None = None
    """Schedule of a CronJob, in quotes: `"0 3 * * *"` or `@daily`."""
    time_zone: TimeZone | None = None
    """Time zone of the schedule, such as Europe/Berlin; UTC by default."""
    security: Security = Security.RESTRICTED
    """restricted: never root, no capabilities; baseline: for an image that needs root."""
    security_reason: str | None = None
    """With `security: baseline`: why the image needs it. The program shows it as a warning."""
    run_as_user: UserId | None = None
    """User id of the process, for images whose USER is a name or root."""
    read_only_root_filesystem: bool = False
    """Make the image's files read-only. List the folders that the container writes to in `scratch`."""
    scratch: tuple[ScratchPath, ...] = ()
    """Folders that the container can write to: empty at the start and deleted with the pod (emptyDir)."""
    overrides: Mapping[str, Any] = {}
    """Strategic merge patch on the manifest of the pod's owner, with Kubernetes' own keys."""
