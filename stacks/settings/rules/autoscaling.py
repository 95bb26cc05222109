"""Rules for ``workloads[].autoscale``, and what it requires of the pod."""

from collections.abc import Iterator

from components.workloads.pod import Autoscaler
from stacks.settings.model.autoscaling import PodAutoscalingSettings
from stacks.settings.model.pods import PodSettings
from stacks.settings.types.quantities import share
from stacks.settings.validation.registry import Violation, rule

_AUTOSCALING = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"


@rule(
    "autoscaled-replicas",
    PodSettings,
    source=f"{_AUTOSCALING}#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
)
def autoscale_excludes_replicas(pod: PodSettings) -> Iterator[Violation]:
    """With a fixed number of replicas, each update would undo what the autoscaler has done."""
    if pod.autoscale and "replicas" in pod.model_fields_set:
        yield Violation(
            ("replicas",),
            "has no effect beside autoscale, which sets the number of pods",
            "remove it, and set autoscale.min_replicas",
            remove=True,
        )


@rule("autoscaled-requests", PodSettings, source=f"{_AUTOSCALING}#how-does-a-horizontalpodautoscaler-work")
def autoscaled_resources_are_requested(pod: PodSettings) -> Iterator[Violation]:
    """The target is a percentage of the container's request. A limit alone counts as a request too."""
    for what in pod.autoscale.targets if pod.autoscale else ():
        if getattr(pod.resources.requests, what) is None and getattr(pod.resources.limits, what) is None:
            problem = f"missing, but autoscale.{what}_percent is a percentage of it"
            example = {"cpu": "250m", "memory": "128Mi"}[what]
            yield Violation(("resources", "requests", what), problem, "set what one pod needs", example)


@rule("autoscaled-within-limits", PodSettings, source=f"{_AUTOSCALING}#algorithm-details")
def targets_are_below_the_limits(pod: PodSettings) -> Iterator[Violation]:
    """Pods are added when use exceeds the target by a tenth. A lower limit would prevent that."""
    for what, percent in (
        pod.autoscale.targets if pod.autoscale and pod.autoscale.by is Autoscaler.HPA else {}
    ).items():
        limit, request = getattr(pod.resources.limits, what), getattr(pod.resources.requests, what)
        most = share(limit, request or limit) if limit else None
        if most is not None and percent * 11 >= most * 10:
            problem = (
                f"{percent} per cent of requests.{what} {request or limit} plus a tenth is not below"
                f" limits.{what} {limit}, so no pod is ever added"
            )
            remedy = "choose a lower target, or a higher limit"
            yield Violation(("autoscale", f"{what}_percent"), problem, remedy, str(max(1, most * 8 // 10)))


@rule("autoscale-limits", PodAutoscalingSettings, source=f"{_AUTOSCALING}#api-object")
def an_autoscaler_has_bounds(autoscale: PodAutoscalingSettings) -> Iterator[Violation]:
    """Kubernetes refuses an autoscaler without a maximum, or with one below its minimum."""
    if autoscale.by is not Autoscaler.HPA:
        return
    least, most = autoscale.min_replicas, autoscale.max_replicas
    if most is None:
        yield Violation(
            ("max_replicas",), "missing for by: hpa", "set the maximum number of pods", str(max(3, 2 * least))
        )
    elif most < least:
        yield Violation(
            ("max_replicas",),
            f"{most} is less than min_replicas {least}",
            "choose a value that is at least as large",
            str(least),
        )


@rule(
    "autoscale-by-somebody-else",
    PodAutoscalingSettings,
    source="our own choice: a key that is not read has no effect",
)
def external_autoscalers_have_no_targets(autoscale: PodAutoscalingSettings) -> Iterator[Violation]:
    """With an external autoscaler the program makes none, so its keys would have no effect."""
    for key in ("max_replicas", "cpu_percent", "memory_percent"):
        if autoscale.by is Autoscaler.EXTERNAL and getattr(autoscale, key) is not None:
            yield Violation(
                (key,),
                "has no effect with by: external, where another autoscaler has its own targets",
                "remove it, or set by: hpa",
                remove=True,
            )
