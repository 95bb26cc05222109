"""Section ``workloads[].autoscale``: a HorizontalPodAutoscaler, or an autoscaler managed elsewhere."""

from typing import Annotated, ClassVar

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
        source="our own choice: more is a typing error",
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
        source="our own choice: more than ten times the request",
    ),
]


class PodAutoscalingSettings(Section):
    """Autoscaler of the pods, and its bounds."""

    needs_a_key: ClassVar[bool] = True

    by: Autoscaler = Autoscaler.HPA
    """hpa: the program makes a HorizontalPodAutoscaler; external: an autoscaler managed elsewhere, such as
    KEDA.
    """
    min_replicas: Least = 1
    """Minimum number of pods, 1 to 1000, and the number at creation."""
    max_replicas: Most | None = None
    """Maximum number of pods, up to 1000. Required with `by: hpa`."""
    cpu_percent: Percent | None = None
    """Target CPU use in per cent of `resources.requests.cpu`; 80 if no target is set."""
    memory_percent: Percent | None = None
    """Target memory use in per cent of `resources.requests.memory`; no target by default."""

    @property
    def targets(self) -> dict[str, int]:
        """Resource → target in per cent. Without a configured target it is Kubernetes' own: 80 per cent of
        the CPU (the page above).
        """
        percents = {"cpu": self.cpu_percent, "memory": self.memory_percent}
        targets = {resource: percent for resource, percent in percents.items() if percent is not None}
        return {} if self.by is Autoscaler.EXTERNAL else targets or {"cpu": 80}
