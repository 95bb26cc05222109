"""Priorities of pods: the admission plug-in Priority.

kubernetes/kubernetes 1.36.3, plugin/pkg/admission/priority/admission.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, masked, number, text
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind

CLASS: Final = GroupVersionKind("scheduling.k8s.io", "v1", "PriorityClass")
_SYSTEM: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}

Look = Callable[[GroupVersionKind, str, str], Mapping[str, Any] | None]


def priority_refusal(spec: Mapping[str, Any], look: Look) -> str:
    """The reason that a new pod's priority is refused; empty if it is not."""
    name = text(spec, "priorityClassName")
    if is_hashed(name):
        return ""
    made = look(CLASS, "", name) if name and name not in _SYSTEM else None
    if name and name not in _SYSTEM and made is None:
        return f"no PriorityClass with name {masked(name)} was found"
    value = _SYSTEM.get(name, number(mapping(made), "value") or 0)
    policy = text(mapping(made), "preemptionPolicy") or "PreemptLowerPriority"
    priority = number(spec, "priority")
    computed = "must not be provided in pod spec; priority admission controller computed"
    if priority is not None and priority != value:
        why = f"{computed} {value} from the given PriorityClass name"
        return f"the integer value of priority ({masked(priority)}) {why}"
    if spec.get("preemptionPolicy", policy) != policy:
        why = f"{computed} {policy} from the given PriorityClass name"
        return f"the string value of PreemptionPolicy ({masked(spec['preemptionPolicy'])}) {why}"
    return ""
