"""Checks of the restricted level. Each returns the violation of a pod, or None.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
Words: kubernetes/pod-security-admission, policy/check_*.go.
"""

from __future__ import annotations

from typing import Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.apiserver.pod_security import baseline
from rehearsal.simulators.kubernetes.apiserver.pod_security.pod import (
    Subject,
    context,
    counted,
    ordered,
    quoted,
    setters,
)

_VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def privilege_escalation(pod: Subject) -> str | None:
    names = pod.where(lambda own: own.get("allowPrivilegeEscalation") is not False)
    if not names or pod.is_windows:
        return None
    return (
        f"allowPrivilegeEscalation != false ({counted('container', names)} must set "
        "securityContext.allowPrivilegeEscalation=false)"
    )


def capabilities(pod: Subject) -> str | None:
    if pod.is_windows:
        return None
    kept = pod.where(lambda own: "ALL" not in (mapping(own.get("capabilities")).get("drop") or ()))
    details = (
        [f'{counted("container", kept)} must set securityContext.capabilities.drop=["ALL"]'] if kept else []
    )
    details += filter(None, [baseline.added(pod, frozenset({"NET_BIND_SERVICE"}))])
    return f"unrestricted capabilities ({'; '.join(details)})" if details else None


def proc_mount(pod: Subject) -> str | None:
    return baseline.unmasked_proc(pod)


def volumes(pod: Subject) -> str | None:
    bad = [volume for volume in mappings(pod.spec.get("volumes")) if not _VOLUMES & set(volume)]
    if not bad:
        return None
    names = [volume.get("name") for volume in bad]
    kinds = ordered(next((kind for kind in volume if kind != "name"), "unknown") for volume in bad)
    use, noun = (
        "uses" if len(names) == 1 else "use",
        "restricted volume type" + ("" if len(kinds) == 1 else "s"),
    )
    return f"restricted volume types ({counted('volume', names)} {use} {noun} {quoted(kinds)})"


def non_root(pod: Subject) -> str | None:
    if pod.has_own_users:
        return None
    bad = [None] if pod.context.get("runAsNonRoot") is False else []
    bad += pod.where(lambda own: own.get("runAsNonRoot") is False)
    if bad:
        return f"runAsNonRoot != true ({setters(bad)} must not set securityContext.runAsNonRoot=false)"
    names = [] if pod.context.get("runAsNonRoot") else pod.where(lambda own: "runAsNonRoot" not in own)
    return (
        f"runAsNonRoot != true (pod or {counted('container', names)} must set "
        "securityContext.runAsNonRoot=true)"
        if names
        else None
    )


def user(pod: Subject) -> str | None:
    if pod.has_own_users:
        return None
    bad = [None] if pod.context.get("runAsUser") == 0 else []
    bad += pod.where(lambda own: own.get("runAsUser") == 0)
    return f"runAsUser=0 ({setters(bad)} must not set runAsUser=0)" if bad else None


def seccomp(pod: Subject) -> str | None:
    if pod.is_windows:
        return None
    if bad := baseline.seccomp(pod):
        return bad
    names = (
        []
        if "seccompProfile" in pod.context
        else [c.get("name") for c in pod.containers() if "seccompProfile" not in context(c)]
    )
    if not names:
        return None
    profile = 'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return f"seccompProfile (pod or {counted('container', names)} must set {profile})"
