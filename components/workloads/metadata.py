"""Labels and annotations that the settings put on a workload's objects, beneath those of the program. Pure.

Deliberately not here: which keys they may not use (stacks/settings/rules/metadata.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pulumi

from components.workloads.pod_requirements import Manifest, without_empty

_NOTHING: Mapping[str, pulumi.Input[str]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Labels and annotations of an object."""

    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])

    def under(self, own: "Metadata") -> "Metadata":
        """These, and those of an object, which win."""
        return Metadata(
            labels={**self.labels, **own.labels}, annotations={**self.annotations, **own.annotations}
        )

    def fields(
        self,
        labels: Mapping[str, pulumi.Input[str]] = _NOTHING,
        annotations: Mapping[str, pulumi.Input[str]] = _NOTHING,
    ) -> Manifest:
        """Fields of an object's ``metadata``, with the program's own labels and annotations, which win."""
        return without_empty(
            {
                "labels": {**self.labels, **labels},
                "annotations": {**self.annotations, **annotations},
            }
        )
