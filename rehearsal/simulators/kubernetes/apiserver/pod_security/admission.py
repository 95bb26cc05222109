"""Pod Security admission: the labels of a namespace, and the violations of its pods.

https://kubernetes.io/docs/concepts/security/pod-security-admission/
https://kubernetes.io/docs/concepts/security/pod-security-standards/
Words and order: kubernetes/pod-security-admission, admission/admission.go, api/helpers.go and
policy/registry.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import invalid, mapping
from rehearsal.simulators.kubernetes.apiserver.pod_security import baseline, restricted
from rehearsal.simulators.kubernetes.apiserver.pod_security.pod import Subject
from rehearsal.simulators.shape import Failure

PREFIX: Final = "pod-security.kubernetes.io/"
LEVELS: Final = ("privileged", "baseline", "restricted")
OLDEST: Final = 25
"""Policies pinned to an older version are evaluated as of this one."""

Check = Callable[[Subject], str | None]
_BASELINE: Final[tuple[tuple[str, Check], ...]] = (
    ("appArmorProfile", baseline.app_armor),
    ("capabilities_baseline", baseline.capabilities),
    ("hostNamespaces", baseline.host_namespaces),
    ("hostPathVolumes", baseline.host_paths),
    ("hostPorts", baseline.host_ports),
    ("hostProbesAndHostLifecycle", baseline.probe_hosts),
    ("privileged", baseline.privileged),
    ("procMount", baseline.proc_mount),
    ("seLinuxOptions", baseline.se_linux),
    ("seccompProfile_baseline", baseline.seccomp),
    ("sysctls", baseline.sysctls),
    ("windowsHostProcess", baseline.host_process),
)
_RESTRICTED: Final[tuple[Check, ...]] = (
    restricted.privilege_escalation,
    restricted.capabilities,
    restricted.proc_mount,
    restricted.volumes,
    restricted.non_root,
    restricted.user,
    restricted.seccomp,
)
_OVERRIDDEN: Final = frozenset(
    {"capabilities_baseline", "hostPathVolumes", "procMount", "seccompProfile_baseline"}
)
"""Baseline checks that a restricted check replaces."""


@dataclass(frozen=True)
class Standard:
    """A level and the version of its definition. `minor` None: the cluster's own version."""

    level: str = "privileged"
    minor: int | None = None

    def __str__(self) -> str:
        return f"{self.level}:{'latest' if self.minor is None else f'v1.{self.minor}'}"

    def violations(self, annotations: Mapping[str, Any], spec: Mapping[str, Any], cluster_minor: int) -> str:
        """Violations of a pod; empty if it meets the standard.

        A version newer than the cluster counts as the cluster's.
        """
        minor = cluster_minor if self.minor is None else min(self.minor, cluster_minor)
        pod = Subject(annotations, spec, max(minor, OLDEST))
        if self.level == "privileged":
            return ""
        if self.level == "baseline":
            checks = [check for _, check in _BASELINE]
        else:
            checks = [*(check for id_, check in _BASELINE if id_ not in _OVERRIDDEN), *_RESTRICTED]
        return ", ".join(filter(None, (check(pod) for check in checks)))


@dataclass(frozen=True)
class Policy:
    """Standards that a namespace enforces and warns about.

    The audit mode is left out, since there is no audit log.
    """

    enforce: Standard
    warn: Standard

    @classmethod
    def of(cls, namespace: Mapping[str, Any] | None) -> Policy:
        labels = mapping(mapping((namespace or {}).get("metadata")).get("labels"))
        enforce = Standard(_level(labels, "enforce", "restricted"), _version(labels, "enforce"))
        warn = Standard(_level(labels, "warn", "privileged"), _version(labels, "warn"))
        level = labels.get(f"{PREFIX}enforce")
        if f"{PREFIX}warn" not in labels and level in LEVELS:
            # PolicyToEvaluate: without a level of its own, warn follows enforce.
            version = warn.minor if f"{PREFIX}warn-version" in labels else enforce.minor
            warn = Standard(enforce.level, version)
        return cls(enforce, warn)


@dataclass(frozen=True)
class Verdict:
    """A refusal and a warning. Empty: there is none."""

    refusal: str = ""
    warning: str = ""


def verdict(
    policy: Policy, annotations: Mapping[str, Any], spec: Mapping[str, Any], minor: int, *, enforced: bool
) -> Verdict:
    """The verdict on a pod (`enforced`) or on an owner of pods (EvaluatePod)."""
    if enforced and (violations := policy.enforce.violations(annotations, spec, minor)):
        return Verdict(refusal=f'violates PodSecurity "{policy.enforce}": {violations}')
    violations = policy.warn.violations(annotations, spec, minor)
    return Verdict(warning=f'would violate PodSecurity "{policy.warn}": {violations}' if violations else "")


def label_failures(labels: Mapping[str, Any]) -> list[Failure]:
    """Labels of a namespace with an unknown level or version."""
    failures = []
    for mode in ("enforce", "audit", "warn"):
        level, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            failures.append(
                invalid(f"metadata.labels[{PREFIX}{mode}]", level, f"must be one of {', '.join(LEVELS)}")
            )
        if version is not None and not _is_version(version):
            failures.append(
                invalid(f"metadata.labels[{PREFIX}{mode}-version]", version, 'must be "latest" or "v1.x"')
            )
    return failures


def _level(labels: Mapping[str, Any], mode: str, broken: str) -> str:
    """The level of a mode: `privileged` without a label, `broken` for an unknown level."""
    level = labels.get(PREFIX + mode, "privileged")
    return level if level in LEVELS else broken


def _version(labels: Mapping[str, Any], mode: str) -> int | None:
    version = labels.get(f"{PREFIX}{mode}-version", "latest")
    return int(version[3:]) if _is_version(version) and version != "latest" else None


def _is_version(version: Any) -> bool:
    return isinstance(version, str) and re.fullmatch(r"latest|v1\.(0|[1-9][0-9]*)", version) is not None
