"""What the keys of a pod owe one another."""

import re
from collections.abc import Iterator, Mapping

from components.workloads.pod import RestartPolicy, Security, UpdateType, WorkloadKind
from stacks.settings.model.pods import PodSettings, ProbeSettings, ResourceSettings
from stacks.settings.types.quantities import at_most
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_PROBES = "https://kubernetes.io/docs/concepts/workloads/pods/probes/"
_STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
_OWNERS = "https://kubernetes.io/docs/concepts/workloads/controllers/"

_RUNS = frozenset(WorkloadKind) - {WorkloadKind.NONE}
_KINDS_OF: Mapping[str, frozenset[WorkloadKind]] = {
    **dict.fromkeys(("image", "os", "command", "args", "env", "port", "resources", "probes"), _RUNS),
    **dict.fromkeys(
        ("security", "security_reason", "run_as_user", "overrides", "read_only_root_filesystem", "scratch"),
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
    source="our own choice: a setting that is not read is a setting that does not hold",
)
def keys_belong_to_the_kind(pod: PodSettings) -> Iterator[Violation]:
    """``replicas`` beside a DaemonSet would look said and not be."""
    for key, kinds in _KINDS_OF.items():
        if key in pod.model_fields_set and pod.kind not in kinds:
            remedy = (
                "any kind but none"
                if kinds == _RUNS
                else join_or([kind for kind in WorkloadKind if kind in kinds])
            )
            yield Violation(
                (key,),
                f"does nothing for kind: {pod.kind}",
                f"goes with {remedy}: take it out, or change kind",
                remove=True,
            )


@rule("image-of-a-pod", PodSettings, source="https://kubernetes.io/docs/concepts/containers/images/")
def a_pod_has_an_image(pod: PodSettings) -> Iterator[Violation]:
    """Only ``kind: none`` runs nothing."""
    if pod.kind is not WorkloadKind.NONE and pod.image is None:
        yield Violation(
            ("image",),
            f"missing for kind: {pod.kind}",
            "say what runs, or kind: none if somebody else deploys it",
        )


@rule("schedule-of-a-cron-job", PodSettings, source=f"{_OWNERS}cron-jobs/")
def a_cron_job_has_a_schedule(pod: PodSettings) -> Iterator[Violation]:
    """Without one it would never run."""
    if pod.kind is WorkloadKind.CRON_JOB and pod.schedule is None:
        yield Violation(("schedule",), "missing for kind: CronJob", "say when it runs", "'\"0 3 * * *\"'")


@rule("restart-policy-of-a-job", PodSettings, source=f"{_OWNERS}job/#pod-template")
def a_job_ends(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes refuses Always where the container is meant to end."""
    if pod.kind in (WorkloadKind.JOB, WorkloadKind.CRON_JOB) and pod.restart_policy is RestartPolicy.ALWAYS:
        yield Violation(
            ("restart_policy",),
            f"Always, and a {pod.kind} has to end",
            "choose OnFailure or Never",
            "OnFailure",
        )


@rule("security-has-a-reason", PodSettings, source=_STANDARDS)
def less_security_has_a_reason(pod: PodSettings) -> Iterator[Violation]:
    """Whoever reviews the stack file has to see why."""
    reason = (pod.security_reason or "").strip()
    if pod.security is Security.BASELINE and not reason:
        yield Violation(("security_reason",), "missing for security: baseline", "say why the image needs it")
    elif pod.security is Security.RESTRICTED and pod.security_reason is not None:
        yield Violation(
            ("security_reason",),
            "goes with security: baseline",
            "take it out, or change security",
            remove=True,
        )


@rule("restricted-is-not-root", PodSettings, source=f"{_STANDARDS}#restricted")
def restricted_is_not_root(pod: PodSettings) -> Iterator[Violation]:
    """0 is root."""
    if pod.security is Security.RESTRICTED and pod.run_as_user == 0:
        yield Violation(
            ("run_as_user",),
            "0 is root, which security: restricted never is",
            "choose another user id",
            "65532",
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
def whoever_calls_needs_a_port(pod: PodSettings) -> Iterator[Violation]:
    """A Service and the probes by HTTP and TCP call the container's port."""
    if pod.port is not None or pod.kind is WorkloadKind.NONE:
        return
    callers = [f"probes.{which}" for which, probe in _probes(pod) if probe.path or probe.tcp]
    if callers := ["service"] * (pod.service is not None) + callers:
        yield Violation(
            ("port",),
            f"missing, and {' and '.join(callers)} would call it",
            "say where the container listens",
            "8080",
        )


@rule("probe-asks-one-question", PodSettings, source=f"{_PROBES}#check-mechanisms")
def a_probe_asks_one_question(pod: PodSettings) -> Iterator[Violation]:
    """Kubernetes takes exactly one."""
    for which, probe in _probes(pod):
        said = [
            key
            for key, value in (
                ("path", probe.path is not None),
                ("tcp", probe.tcp),
                ("command", probe.command),
            )
            if value
        ]
        if len(said) != 1:
            problem = f"has {' and '.join(said)}" if said else "has no question"
            yield Violation(("probes", which), problem, "choose one of path, tcp and command")
        if probe.path is not None and not probe.path.startswith("/"):
            yield Violation(
                ("probes", which, "path"),
                f"{probe.path!r} does not begin with a slash",
                "begin it with one",
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
    """Kubernetes refuses a container that is promised more than it may have."""
    for what in ("cpu", "memory"):
        asked, most = getattr(resources.requests, what), getattr(resources.limits, what)
        if asked and most and not at_most(asked, most):
            yield Violation(
                ("requests", what),
                f"{asked} is more than the limit {most}",
                "choose less, or a higher limit",
                most,
            )


@rule("update-strategy-of-the-kind", PodSettings, source=_OWNERS)
def update_strategies_belong_to_the_kind(pod: PodSettings) -> Iterator[Violation]:
    """What each owner can do differs."""
    strategy, kind = pod.update_strategy, pod.kind
    if strategy is None or kind not in _KINDS_OF["update_strategy"]:
        return
    able = {
        WorkloadKind.DEPLOYMENT: (UpdateType.ROLLING_UPDATE, UpdateType.RECREATE),
        WorkloadKind.STATEFUL_SET: (UpdateType.ROLLING_UPDATE, UpdateType.ON_DELETE),
        # It knows OnDelete too, and Pulumi would wait until somebody has deleted each pod (pulumi-kubernetes, await/daemonset.go).
        WorkloadKind.DAEMON_SET: (UpdateType.ROLLING_UPDATE,),
    }[kind]
    if strategy.type not in able:
        problem = f"{strategy.type} is not for a {kind}"
        yield Violation(
            ("update_strategy", "type"), problem, f"choose {' or '.join(able)}", UpdateType.ROLLING_UPDATE
        )
    rolling = strategy.type is UpdateType.ROLLING_UPDATE and kind is not WorkloadKind.STATEFUL_SET
    for key in ("max_surge", "max_unavailable"):
        if getattr(strategy, key) is not None and not rolling:
            why = (
                "a StatefulSet replaces one pod after another"
                if kind is WorkloadKind.STATEFUL_SET
                else f"nothing rolls with {strategy.type}"
            )
            yield Violation(("update_strategy", key), why, "take it out", remove=True)
    if rolling and re.fullmatch(r"(?!100%)[1-9][0-9]{2}%", strategy.max_unavailable or ""):
        yield Violation(
            ("update_strategy", "max_unavailable"),
            f"{strategy.max_unavailable} is more than all",
            "choose 100% at most",
            "25%",
        )
    none = {"0", "0%"}
    surge, unavailable = strategy.max_surge, strategy.max_unavailable
    if rolling and surge in none and unavailable in none:
        yield Violation(
            ("update_strategy", "max_unavailable"),
            "0, and so is max_surge: no pod could ever be replaced",
            "allow one of them",
            "1",
        )
    if (
        rolling
        and kind is WorkloadKind.DAEMON_SET
        and (surge or "0") not in none
        and (unavailable or "1") not in none
    ):
        problem = "a DaemonSet takes max_surge or max_unavailable, and the other one is 0"
        yield Violation(("update_strategy", "max_unavailable"), problem, "set one of them to 0", "0")
