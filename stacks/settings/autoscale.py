"""Section ``workloads[].autoscale``: the number of pods is somebody else's business, and whose."""

from collections.abc import Iterator
from typing import Annotated

from components.workloads.pod import Autoscaler
from stacks.settings.rules import Between, Found, Section, rule

_AUTOSCALING = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"
_REFERENCE = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/"

Least = Annotated[
    int,
    Between(
        "autoscale-replicas",
        1,
        1000,
        unit="replicas",
        example=2,
        source=f"{_REFERENCE} (none at all is an alpha feature)",
    ),
]
Most = Annotated[
    int,
    Between("autoscale-most-replicas", 1, 1000, unit="replicas", example=10, source="our own choice: more is a slip of the finger"),
]
Percent = Annotated[
    int,
    Between("autoscale-percent", 1, 1000, unit="per cent", example=80, source="our own choice: more than ten times what was asked for"),
]


class AutoscaleSettings(Section):
    """Who moves the number of pods, and how far."""

    by: Autoscaler = Autoscaler.HPA
    """hpa: a HorizontalPodAutoscaler of the program's; external: one of somebody else's, or KEDA."""
    min_replicas: Least = 1
    """Pods at least, and at first."""
    max_replicas: Most | None = None
    """Pods at most; needed with `by: hpa`."""
    cpu_percent: Percent | None = None
    """Cores in use, of those in `resources.requests`, that it aims at; 80 if no aim is given."""
    memory_percent: Percent | None = None
    """Memory in use, of that in `resources.requests`, that it aims at."""

    @property
    def aims(self) -> dict[str, int]:
        """Resource → per cent; where nobody gives an aim, Kubernetes' own, 80 per cent of the cores (the page above)."""
        given = {"cpu": self.cpu_percent, "memory": self.memory_percent}
        said = {what: percent for what, percent in given.items() if percent is not None}
        return {} if self.by is Autoscaler.EXTERNAL else said or {"cpu": 80}


@rule("autoscale-limits", AutoscaleSettings, source=f"{_AUTOSCALING}#api-object")
def an_autoscaler_knows_how_far(autoscale: AutoscaleSettings) -> Iterator[Found]:
    """Kubernetes refuses one without a maximum, and one whose maximum is below its minimum."""
    if autoscale.by is not Autoscaler.HPA:
        return
    least, most = autoscale.min_replicas, autoscale.max_replicas
    if most is None:
        yield Found(("max_replicas",), "missing for by: hpa", "say how many pods there may be", str(max(3, 2 * least)))
    elif most < least:
        yield Found(("max_replicas",), f"{most} is less than min_replicas {least}", "choose at least as many", str(least))


@rule("autoscale-by-somebody-else", AutoscaleSettings, source="our own choice: a setting that is not read is a setting that does not hold")
def somebody_elses_autoscaler_knows_its_own_aims(autoscale: AutoscaleSettings) -> Iterator[Found]:
    """The program makes none then."""
    for key in ("max_replicas", "cpu_percent", "memory_percent"):
        if autoscale.by is Autoscaler.EXTERNAL and getattr(autoscale, key) is not None:
            yield Found((key,), "is the business of the autoscaler that is external", "take it out, or say by: hpa", remove=True)
