"""Section ``workloads[].autoscale``: the number of pods is somebody else's business, and whose."""

from typing import Annotated

from components.workloads.pod import Autoscaler
from stacks.settings.model.section import Section
from stacks.settings.validation.constraints import IntRange

_REFERENCE = (
    "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/"
)

Least = Annotated[
    int,
    IntRange(
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
    IntRange(
        "autoscale-most-replicas",
        1,
        1000,
        unit="replicas",
        example=10,
        source="our own choice: more is a slip of the finger",
    ),
]
Percent = Annotated[
    int,
    IntRange(
        "autoscale-percent",
        1,
        1000,
        unit="per cent",
        example=80,
        source="our own choice: more than ten times what was asked for",
    ),
]


class PodAutoscalingSettings(Section):
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
    def targets(self) -> dict[str, int]:
        """Resource → per cent; where nobody gives an aim, Kubernetes' own, 80 per cent of the cores (the page above)."""
        given = {"cpu": self.cpu_percent, "memory": self.memory_percent}
        said = {what: percent for what, percent in given.items() if percent is not None}
        return {} if self.by is Autoscaler.EXTERNAL else said or {"cpu": 80}
