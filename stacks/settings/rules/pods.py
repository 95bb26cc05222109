"""Rules across the keys of a pod."""

from collections.abc import Iterator, Mapping

from components.workloads.pod import RestartPolicy, UpdateType, WorkloadKind
from stacks.settings.model.pods import PodSettings, ProbeSettings, ResourceSettings, UpdateStrategySettings
from stacks.settings.types.quantities import at_most
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"
_OWNERS = "https://kubernetes.io/docs/concepts/workloads/controllers/"

_RUNS = frozenset(WorkloadKind) - {WorkloadKind.NONE}
_KINDS_OF: Mapping[str, frozenset[WorkloadKind]] = {
    **dict.fromkeys(("image", "os", "command", "args", "env", "port", "resources", "probes"), _RUNS),
    **dict.fromkeys(
        ("security", "security_reason", "run_as_user", "overrides", "read_only_root_filesystem", "scratch"),
        _RUNS,
    ),
    **dict.fromkeys(
        (
            *("priority_class", "image_pull_secrets", "node_selector", "tolerations"),
            *("affinity", "host_aliases", "fs_group", "after"),
        ),
        _RUNS,
    ),
    **dict.fromkeys(
        ("replicas", "autoscale"), frozenset({WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET})
    ),
    "service": frozenset(
        {WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET, WorkloadKind.POD}
    ),
    "update_strategy": frozenset(
        {WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET}
    ),
    "restart_policy": frozenset({WorkloadKind.POD, WorkloadKind.JOB, WorkloadKind.CRON_JOB}),
    "schedule": frozenset({WorkloadKind.CRON_JOB}),
    "time_zone": frozenset({WorkloadKind.CRON_JOB}),
}
"""Key → the kinds that read it."""


@rule(
    "key-of-another-kind",
    PodSettings,
    source="our own choice: a key that is not read has no effect",
)
def keys_belong_to_the_kind(pod: PodSettings) -> Iterator[Violation]:
    """A key that the kind does not read would have no effect, such as ``replicas`` with a DaemonSet."""
    for key, kinds in _KINDS_OF.items():
        if key in pod.model_fields_set and pod.kind not in kinds:
            remedy = (
                "another kind"
                if kinds == _RUNS
                else f"kind {join_or([kind for kind in WorkloadKind if kind in kinds])}"
            )
            yield Violation(
                (key,),
                f"has no effect with kind: {pod.kind}",
                f"remove it, or choose {remedy}",
                remove=True,
            )


@rule("image-of-a-pod", PodSettings, source="https://kubernetes.io/docs/concepts/containers/images/")
def a_pod_has_an_image(pod: PodSettings) -> Iterator[Violation]:
    """Every kind but none runs a container."""
    if pod.kind is not WorkloadKind.NONE and pod.image is None:
        yield Violation(
            ("image",),
            f"missing for kind: {pod.kind}",
            "set the image, or kind: none if another tool deploys the pods",
        )


@rule("schedule-of-a-cron-job", PodSettings, source=f"{_OWNERS}cron-jobs/")
def a_cron_job_has_a_schedule(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes requires a schedule."""
    if pod.kind is WorkloadKind.CRON_JOB and pod.schedule is None:
        yield Violation(("schedule",), "missing for kind: CronJob", 'set when it runs: "0 3 * * *" or @daily')


@rule("restart-policy-of-a-job", PodSettings, source=f"{_OWNERS}job/#pod-template")
def a_job_ends(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes refuses Always for a Job: its container has to end."""
    if pod.kind in (WorkloadKind.JOB, WorkloadKind.CRON_JOB) and pod.restart_policy is RestartPolicy.ALWAYS:
        yield Violation(
            ("restart_policy",),
            f"'Always' does not work with a {pod.kind}, which has to end",
            "choose OnFailure or Never",
            "OnFailure",
        )


@rule(
    "scratch-listed-once",
    PodSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core",
)
def scratch_folders_are_listed_once(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes refuses two mounts at one path (mountPath: must be unique)."""
    for index, path in enumerate(pod.scratch):
        if path in pod.scratch[:index]:
            yield Violation(("scratch", index), f"{path!r} is listed twice", "list it once", remove=True)


@rule("port-is-known", PodSettings, source=_PROBES)
def callers_need_a_port(pod: PodSettings) -> Iterator[Violation]:
    """A Service, and probes by HTTP and TCP, call the container's port."""
    if pod.port is not None or pod.kind is WorkloadKind.NONE:
        return
    callers = [f"probes.{which}" for which, probe in _probes(pod) if probe.path or probe.tcp]
    if callers := ["service"] * (pod.service is not None) + callers:
        yield Violation(
            ("port",),
            f"missing, but {' and '.join(callers)} {'call' if len(callers) > 1 else 'calls'} it",
            "set the port on which the container listens",
            "8080",
        )


@rule("probe-asks-one-question", PodSettings, source=f"{_PROBES}#check-mechanisms")
def a_probe_has_one_check(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes accepts exactly one check per probe."""
    for which, probe in _probes(pod):
        checks = [
            key
            for key, value in (
                ("path", probe.path is not None),
                ("tcp", probe.tcp),
                ("command", probe.command),
            )
            if value
        ]
        if len(checks) != 1:
            problem = f"has {' and '.join(checks)}" if checks else "has no check"
            yield Violation(("probes", which), problem, "set one of path, tcp and command")
        if probe.path is not None and not probe.path.startswith("/"):
            yield Violation(
                ("probes", which, "path"),
                "does not begin with a slash",
                "write the slash",
                f"/{probe.path}",
            )


def _probes(pod: PodSettings) -> Iterator[tuple[str, ProbeSettings]]:
    for which in ("startup", "readiness", "liveness"):
        if probe := getattr(pod.probes, which):
            yield which, probe


@rule(
    "requests-within-limits",
    ResourceSettings,
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
)
def requests_are_within_limits(resources: ResourceSettings) -> Iterator[Violation]:
    """Kubernetes refuses a request above its limit."""
    for what in ("cpu", "memory"):
        request, limit = getattr(resources.requests, what), getattr(resources.limits, what)
        if request and limit and not at_most(request, limit):
            yield Violation(
                ("requests", what),
                f"{request} is more than the limit {limit}",
                "choose a lower request, or a higher limit",
                limit,
            )


@rule("update-strategy-of-the-kind", PodSettings, source=_OWNERS)
def update_strategies_belong_to_the_kind(pod: PodSettings) -> Iterator[Violation]:
    """Each kind of owner supports other strategies."""
    strategy, kind = pod.update_strategy, pod.kind
    if strategy is None or kind not in _KINDS_OF["update_strategy"]:
        return
    able = {
        WorkloadKind.DEPLOYMENT: (UpdateType.ROLLING_UPDATE, UpdateType.RECREATE),
        WorkloadKind.STATEFUL_SET: (UpdateType.ROLLING_UPDATE, UpdateType.ON_DELETE),
        # Kubernetes has OnDelete too, but Pulumi would wait until each pod has been deleted
        # (pulumi-kubernetes, await/daemonset.go).
        WorkloadKind.DAEMON_SET: (UpdateType.ROLLING_UPDATE,),
    }[kind]
    if strategy.type not in able:
        waits = kind is WorkloadKind.DAEMON_SET and strategy.type is UpdateType.ON_DELETE
        problem = f"'{strategy.type}' " + (
            "would let Pulumi wait until each pod of the DaemonSet was deleted by hand"
            if waits
            else f"does not work with a {kind}"
        )
        yield Violation(
            ("update_strategy", "type"), problem, f"choose {' or '.join(able)}", UpdateType.ROLLING_UPDATE
        )
    rolling = strategy.type is UpdateType.ROLLING_UPDATE and kind is not WorkloadKind.STATEFUL_SET
    for key in ("max_surge", "max_unavailable"):
        if getattr(strategy, key) is not None and not rolling:
            why = (
                "has no effect: a StatefulSet replaces one pod after another"
                if kind is WorkloadKind.STATEFUL_SET
                else f"has no effect with type: {strategy.type}"
            )
            yield Violation(("update_strategy", key), why, "remove it", remove=True)
    if rolling:
        yield from _shares(strategy, is_daemon_set=kind is WorkloadKind.DAEMON_SET)


def _shares(strategy: UpdateStrategySettings, *, is_daemon_set: bool) -> Iterator[Violation]:
    """ValidateRollingUpdateDeployment and ValidateRollingUpdateDaemonSet in kubernetes,
    pkg/apis/apps/validation/validation.go, with the defaults of pkg/apis/apps/v1/defaults.go.
    """
    at, limited = (
        "update_strategy",
        ["max_surge", "max_unavailable"] if is_daemon_set else ["max_unavailable"],
    )
    for key in limited:
        share: str | None = getattr(strategy, key)
        if share and share.endswith("%") and _amount(share) > 100:
            problem = f"{share} is more than all pods"
            yield Violation((at, key), problem, "choose at most 100%", ("25%", "0"))
    default_surge, default_unavailable = ("0", "1") if is_daemon_set else ("25%", "25%")
    surge = _amount(strategy.max_surge or default_surge)
    unavailable = _amount(strategy.max_unavailable or default_unavailable)
    if surge == unavailable == 0:
        by_default = " by default" if strategy.max_surge is None else ""
        problem = f"0 like max_surge{by_default}, so no pod could be replaced"
        yield Violation((at, "max_unavailable"), problem, "set one of them above 0", "1")
    if is_daemon_set and surge and unavailable:
        problem = "above 0 like max_surge, but a DaemonSet accepts only one of them"
        yield Violation((at, "max_unavailable"), problem, "set one of them to 0", "0")


def _amount(share: str) -> int:
    return int(share.removesuffix("%"))
