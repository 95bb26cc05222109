"""The keys of ``workloads[]`` that say what runs: one container and what owns it.

Spelled as Kubernetes spells them, in snake case. What is not here, ``overrides`` say (overrides.py).
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from components.workloads.pod import Kind, RestartPolicy, Security, ServiceType, UpdateType
from stacks.settings.quantities import Quantity, at_most
from stacks.settings.rules import Between, Found, Matches, Section, rule

_PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"
_STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
_OWNERS = "https://kubernetes.io/docs/concepts/workloads/controllers/"
_NO_EFFECT = "our own choice: a setting that is not read is a setting that does not hold"

_PATH_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
Image = Annotated[
    str,
    Matches(
        "container-image",
        rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?{_PATH_PART}(?:/{_PATH_PART})*(?:(?::\w[\w.-]{{0,127}})?@sha256:[0-9a-f]{{64}}|:\w[\w.-]{{0,127}})",
        is_a="container image with a tag or a digest",
        allowed="use registry/name:tag or registry/name@sha256:…; without either it is whatever :latest is that day",
        example="ghcr.io/stefanprodan/podinfo:6.14.1",
        source="https://kubernetes.io/docs/concepts/containers/images/#image-names",
    ),
]
Port = Annotated[
    int,
    Between(
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
    Between("replicas", 0, 1000, unit="replicas", example=2, source="our own choice: more is a slip of the finger; overrides can say more"),
]
UserId = Annotated[
    int,
    Between(
        "run-as-user",
        0,
        2**31 - 1,
        unit="as a user id",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    ),
]
Schedule = Annotated[
    str,
    Matches(
        "cron-schedule",
        r"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|[0-9*?,/-]+( +[0-9*?,/-]+)( +[0-9*?,/LW-]+)( +[0-9a-zA-Z*?,/-]+){2}",
        is_a="cron schedule",
        allowed="use five fields (minute, hour, day of month, month, day of week) or @hourly, @daily, @weekly, @monthly, @yearly",
        example="'\"0 3 * * *\"'",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
    ),
]
TimeZone = Annotated[
    str,
    Matches(
        "time-zone",
        r"(?!Local$)[A-Za-z][A-Za-z_+-]*[A-Za-z0-9]*(?:/[A-Za-z0-9_+-]+)*",
        is_a="time zone",
        allowed="use a name of the tz database",
        example="Europe/Berlin",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
    ),
]


def _text(value: object) -> object:
    """``1`` and ``25%`` both are amounts."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Share = Annotated[
    str,
    Matches(
        "update-share",
        r"[0-9]{1,4}|[0-9]{1,2}%|100%",
        is_a="number of pods",
        allowed="use a number, or a share such as 25%",
        example="25%",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment",
    ),
    BeforeValidator(_text, json_schema_input_type=int | str),
]
Delay = Annotated[int, Between("probe-delay", 0, 3600, unit="seconds", source=f"{_PROBES}#configuration")]
Period = Annotated[int, Between("probe-period", 1, 3600, unit="seconds", source=f"{_PROBES}#configuration")]
Threshold = Annotated[int, Between("probe-threshold", 1, 1000, unit="failures", source=f"{_PROBES}#configuration")]


class AmountSettings(Section):
    """Amounts of what a node has."""

    cpu: Quantity | None = None
    """Cores: `250m` is a quarter."""
    memory: Quantity | None = None
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
    """Recreate is for a Deployment, OnDelete for a StatefulSet or DaemonSet."""
    max_surge: Share | None = None
    """Pods more than wanted, meanwhile; Kubernetes' default if not given."""
    max_unavailable: Share | None = None
    """Pods fewer than wanted, meanwhile; Kubernetes' default if not given."""
    min_ready_seconds: Delay | None = None
    """For how long a new pod has to be well before it counts."""


class PodSettings(Section):
    """One container and what owns it."""

    kind: Kind = Kind.DEPLOYMENT
    """What owns the pod; none: everything but the pod, for applications that somebody else deploys."""
    image: Image | None = None
    """Container image, with its tag or digest; needed unless the kind is none."""
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
    overrides: Mapping[str, Any] = {}
    """Strategic merge over the manifest of the pod's owner, with Kubernetes' own keys."""


# --------------------------------------------------------------------------------------------------------------- cross-key rules

_RUNS = frozenset(Kind) - {Kind.NONE}
_KINDS_OF: Mapping[str, frozenset[Kind]] = {
    **dict.fromkeys(("image", "command", "args", "env", "port", "resources", "probes"), _RUNS),
    **dict.fromkeys(("security", "security_reason", "run_as_user", "overrides"), _RUNS),
    "replicas": frozenset({Kind.DEPLOYMENT, Kind.STATEFUL_SET}),
    "service": frozenset({Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET, Kind.POD}),
    "update_strategy": frozenset({Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET}),
    "restart_policy": frozenset({Kind.POD, Kind.JOB, Kind.CRON_JOB}),
    "schedule": frozenset({Kind.CRON_JOB}),
    "time_zone": frozenset({Kind.CRON_JOB}),
}
"""Key → the kinds that read it."""


def _one_of(kinds: list[Kind]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"


@rule("key-of-another-kind", PodSettings, source=_NO_EFFECT)
def keys_belong_to_the_kind(pod: PodSettings) -> Iterator[Found]:
    """``replicas`` beside a DaemonSet would look said and not be."""
    for key, kinds in _KINDS_OF.items():
        if key in pod.model_fields_set and pod.kind not in kinds:
            allowed = "any kind but none" if kinds == _RUNS else _one_of([kind for kind in Kind if kind in kinds])
            yield Found((key,), f"does nothing for kind: {pod.kind}", f"goes with {allowed}: take it out, or change kind", remove=True)


@rule("image-of-a-pod", PodSettings, source="https://kubernetes.io/docs/concepts/containers/images/")
def a_pod_has_an_image(pod: PodSettings) -> Iterator[Found]:
    """Only ``kind: none`` runs nothing."""
    if pod.kind is not Kind.NONE and pod.image is None:
        yield Found(("image",), f"missing for kind: {pod.kind}", "say what runs, or kind: none if somebody else deploys it")


@rule("schedule-of-a-cron-job", PodSettings, source=f"{_OWNERS}cron-jobs/")
def a_cron_job_has_a_schedule(pod: PodSettings) -> Iterator[Found]:
    """Without one it would never run."""
    if pod.kind is Kind.CRON_JOB and pod.schedule is None:
        yield Found(("schedule",), "missing for kind: CronJob", "say when it runs", "'\"0 3 * * *\"'")


@rule("restart-policy-of-a-job", PodSettings, source=f"{_OWNERS}job/#pod-template")
def a_job_ends(pod: PodSettings) -> Iterator[Found]:
    """Kubernetes refuses Always where the container is meant to end."""
    if pod.kind in (Kind.JOB, Kind.CRON_JOB) and pod.restart_policy is RestartPolicy.ALWAYS:
        yield Found(("restart_policy",), f"Always, and a {pod.kind} has to end", "choose OnFailure or Never", "OnFailure")


@rule("security-has-a-reason", PodSettings, source=_STANDARDS)
def less_security_has_a_reason(pod: PodSettings) -> Iterator[Found]:
    """Whoever reviews the stack file has to see why."""
    reason = (pod.security_reason or "").strip()
    if pod.security is Security.BASELINE and not reason:
        yield Found(("security_reason",), "missing for security: baseline", "say why the image needs it")
    elif pod.security is Security.RESTRICTED and pod.security_reason is not None:
        yield Found(("security_reason",), "goes with security: baseline", "take it out, or change security", remove=True)


@rule("restricted-is-not-root", PodSettings, source=f"{_STANDARDS}#restricted")
def restricted_is_not_root(pod: PodSettings) -> Iterator[Found]:
    """0 is root."""
    if pod.security is Security.RESTRICTED and pod.run_as_user == 0:
        yield Found(("run_as_user",), "0 is root, which security: restricted never is", "choose another user id", "65532")


@rule("port-is-known", PodSettings, source=_PROBES)
def whoever_calls_needs_a_port(pod: PodSettings) -> Iterator[Found]:
    """A Service and the probes by HTTP and TCP call the container's port."""
    if pod.port is not None or pod.kind is Kind.NONE:
        return
    callers = [f"probes.{which}" for which, probe in _probes(pod) if probe.path or probe.tcp]
    if callers := ["service"] * (pod.service is not None) + callers:
        yield Found(("port",), f"missing, and {' and '.join(callers)} would call it", "say where the container listens", "8080")


@rule("probe-asks-one-question", PodSettings, source=f"{_PROBES}#check-mechanisms")
def a_probe_asks_one_question(pod: PodSettings) -> Iterator[Found]:
    """Kubernetes takes exactly one."""
    for which, probe in _probes(pod):
        said = [key for key, value in (("path", probe.path), ("tcp", probe.tcp), ("command", probe.command)) if value]
        if len(said) != 1:
            wrong = f"has {' and '.join(said)}" if said else "has no question"
            yield Found(("probes", which), wrong, "choose one of path, tcp and command")
        if probe.path is not None and not probe.path.startswith("/"):
            yield Found(("probes", which, "path"), f"{probe.path!r} does not begin with a slash", "begin it with one", f"/{probe.path}")


def _probes(pod: PodSettings) -> Iterator[tuple[str, ProbeSettings]]:
    for which in ("startup", "readiness", "liveness"):
        if probe := getattr(pod.probes, which):
            yield which, probe


@rule("requests-within-limits", PodSettings, source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")
def requests_are_within_limits(pod: PodSettings) -> Iterator[Found]:
    """Kubernetes refuses a container that is promised more than it may have."""
    for what in ("cpu", "memory"):
        asked, most = getattr(pod.resources.requests, what), getattr(pod.resources.limits, what)
        if asked and most and not at_most(asked, most):
            yield Found(("resources", "requests", what), f"{asked} is more than the limit {most}", "choose less, or a higher limit", most)


@rule("update-strategy-of-the-kind", PodSettings, source=_OWNERS)
def update_strategies_belong_to_the_kind(pod: PodSettings) -> Iterator[Found]:
    """What each owner can do differs."""
    strategy, kind = pod.update_strategy, pod.kind
    if strategy is None or kind not in _KINDS_OF["update_strategy"]:
        return
    other = UpdateType.ON_DELETE if kind is Kind.DEPLOYMENT else UpdateType.RECREATE
    if strategy.type is other:
        wrong, choices = f"a {kind} has no {other}", [choice for choice in UpdateType if choice is not other]
        yield Found(("update_strategy", "type"), wrong, f"choose {' or '.join(choices)}", UpdateType.ROLLING_UPDATE)
    rolling = strategy.type is UpdateType.ROLLING_UPDATE and kind is not Kind.STATEFUL_SET
    for key in ("max_surge", "max_unavailable"):
        if getattr(strategy, key) is not None and not rolling:
            why = "a StatefulSet replaces one pod after another" if kind is Kind.STATEFUL_SET else f"nothing rolls with {strategy.type}"
            yield Found(("update_strategy", key), why, "take it out", remove=True)
    none = {"0", "0%"}
    surge, unavailable = strategy.max_surge, strategy.max_unavailable
    if rolling and surge in none and unavailable in none:
        yield Found(
            ("update_strategy", "max_unavailable"), "0, and so is max_surge: no pod could ever be replaced", "allow one of them", "1"
        )
    if rolling and kind is Kind.DAEMON_SET and (surge or "0") not in none and (unavailable or "1") not in none:
        wrong = "a DaemonSet takes max_surge or max_unavailable, and the other one is 0"
        yield Found(("update_strategy", "max_unavailable"), wrong, "set one of them to 0", "0")
