"""What an autoscaler and the pod that it makes more of owe one another."""

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
def an_autoscaler_alone_says_how_many(pod: PodSettings) -> Iterator[Violation]:
    """Each update would take back what the autoscaler has done."""
    if pod.autoscale and "replicas" in pod.model_fields_set:
        yield Violation(
            ("replicas",),
            "autoscale says how many pods there are",
            "take it out, and say autoscale.min_replicas",
            remove=True,
        )


@rule("autoscaled-requests", PodSettings, source=f"{_AUTOSCALING}#how-does-a-horizontalpodautoscaler-work")
def what_is_aimed_at_is_requested(pod: PodSettings) -> Iterator[Violation]:
    """The use is a share of what the container requests. A limit alone is a request too."""
    for what in pod.autoscale.targets if pod.autoscale else ():
        if getattr(pod.resources.requests, what) is None and getattr(pod.resources.limits, what) is None:
            problem = f"missing, and autoscale aims at a share of it (autoscale.{what}_percent)"
            example = {"cpu": "250m", "memory": "128Mi"}[what]
            yield Violation(("resources", "requests", what), problem, "say what one pod needs", example)


@rule("autoscaled-within-limits", PodSettings, source=f"{_AUTOSCALING}#algorithm-details")
def what_is_aimed_at_can_be_passed(pod: PodSettings) -> Iterator[Violation]:
    """More pods come when the use is above the aim, by a tenth: a limit at or below it is never passed."""
    for what, percent in (
        pod.autoscale.targets if pod.autoscale and pod.autoscale.by is Autoscaler.HPA else {}
    ).items():
        limit, asked = getattr(pod.resources.limits, what), getattr(pod.resources.requests, what)
        most = share(limit, asked or limit) if limit else None
        if most is not None and percent * 11 >= most * 10:
            problem = f"{percent} per cent of requests.{what} {asked or limit}, and limits.{what} {limit} lets no pod use a tenth more"
            remedy = "choose less, or a higher limit"
            yield Violation(("autoscale", f"{what}_percent"), problem, remedy, str(max(1, most * 8 // 10)))


@rule("autoscale-limits", PodAutoscalingSettings, source=f"{_AUTOSCALING}#api-object")
def an_autoscaler_knows_how_far(autoscale: PodAutoscalingSettings) -> Iterator[Violation]:
    """Kubernetes refuses one without a maximum, and one whose maximum is below its minimum."""
    if autoscale.by is not Autoscaler.HPA:
        return
    least, most = autoscale.min_replicas, autoscale.max_replicas
    if most is None:
        yield Violation(
            ("max_replicas",), "missing for by: hpa", "say how many pods there may be", str(max(3, 2 * least))
        )
    elif most < least:
        yield Violation(
            ("max_replicas",),
            f"{most} is less than min_replicas {least}",
            "choose at least as many",
            str(least),
        )


@rule(
    "autoscale-by-somebody-else",
    PodAutoscalingSettings,
    source="our own choice: a setting that is not read is a setting that does not hold",
)
def somebody_elses_autoscaler_knows_its_own_aims(autoscale: PodAutoscalingSettings) -> Iterator[Violation]:
    """The program makes none then."""
    for key in ("max_replicas", "cpu_percent", "memory_percent"):
        if autoscale.by is Autoscaler.EXTERNAL and getattr(autoscale, key) is not None:
            yield Violation(
                (key,),
                "is the business of the autoscaler that is external",
                "take it out, or say by: hpa",
                remove=True,
            )
