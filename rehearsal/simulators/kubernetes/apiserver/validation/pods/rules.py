"""Differences in the rules about pods, by the version of the API server and the kind of the object.

kubernetes/kubernetes 1.36.3, PodValidationOptions in pkg/apis/core/validation/validation.go; gates:
pkg/features/kube_features.go.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PodRules:
    """Options of one validation."""

    minor: int
    """Minor version of Kubernetes: 36 for 1.36."""
    of_pod: bool = False
    """Whether the object is a pod, not a template of one."""
    pod_name: str = ""
    """Name of the pod; empty for a template."""

    @property
    def relaxed_variables(self) -> bool:
        """https://www.kubernetes.dev/resources/keps/4369/"""
        return self.minor >= 32

    @property
    def relaxed_searches(self) -> bool:
        """https://www.kubernetes.dev/resources/keps/4427/"""
        return self.minor >= 33

    @property
    def variables_from_files(self) -> bool:
        """https://www.kubernetes.dev/resources/keps/5307/"""
        return self.minor >= 35

    @property
    def restart_rules(self) -> bool:
        """https://www.kubernetes.dev/resources/keps/5307/"""
        return self.minor >= 35

    @property
    def restart_all(self) -> bool:
        """RestartAllContainersOnContainerExits."""
        return self.minor >= 36

    @property
    def merged_label_keys(self) -> bool:
        """MatchLabelKeysInPodTopologySpreadSelectorMerge."""
        return self.minor >= 34
