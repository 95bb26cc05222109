"""Pods keep to a Pod Security Standard, which their namespace enforces.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.fields import flag, known, listed, mapping, text
from trust.nodes.kubernetes import Namespace
from trust.nodes.pods import PodOwner
from trust.proofs.proof import Finding, proof
from trust.techniques import node_charts
from trust.values import UNKNOWN

_ADMISSION: Final = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"
_STANDARDS: Final = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
_LABEL: Final = "pod-security.kubernetes.io/"
_LEVELS: Final = ("privileged", "baseline", "restricted")
_HOST: Final = ("hostNetwork", "hostPID", "hostIPC")


def _level(namespace: Namespace, mode: str) -> str:
    return known(text(namespace.labels.get(f"{_LABEL}{mode}")))


@proof(
    "namespace-pod-security",
    of=lambda chain: chain.namespaces,
    reason="A principal that may create pods there reaches the node, and from it every pod on it.",
    source=_ADMISSION,
)
def namespace_pod_security(chain: Chain) -> Iterator[Finding]:
    """Every namespace of the stack enforces a Pod Security Standard, and warns by one that is no weaker."""
    for namespace in chain.namespaces:
        enforced, warned = _level(namespace, "enforce"), _level(namespace, "warn")
        problem = ""
        if enforced not in _LEVELS:
            problem = f"enforces '{enforced}', which is no standard" if enforced else "enforces no standard"
        elif warned not in _LEVELS or _LEVELS.index(warned) < _LEVELS.index(enforced):
            problem = f"enforces {enforced}, and warns by '{warned}'"
        if problem:
            yield Finding(
                text=f"namespace '{namespace.name}' {problem}",
                fix=f"namespaces[name={namespace.name}].enforce: baseline, or restricted",
                urn=namespace.node.urn,
            )


@proof(
    "namespace-is-not-privileged",
    severity="warning",
    of=lambda chain: chain.namespaces,
    reason="The standard privileged allows every pod.",
    source=_STANDARDS,
)
def namespace_is_not_privileged(chain: Chain) -> Iterator[Finding]:
    """No namespace admits privileged pods but that of an operator which mounts folders of the node."""
    charts = node_charts()
    drivers = {
        (release.node.provider, known(release.namespace))
        for release in chain.releases
        if release.chart in charts
    }
    for namespace in chain.namespaces:
        is_driver = (namespace.node.provider, known(namespace.name)) in drivers
        if _level(namespace, "enforce") == "privileged" and not is_driver:
            yield Finding(
                text=f"namespace '{namespace.name}' admits privileged pods",
                fix=f"namespaces[name={namespace.name}].enforce: baseline",
                urn=namespace.node.urn,
            )


@proof(
    "pods-keep-the-standard",
    of=lambda chain: {*map(_place, chain.pod_owners)} & _levels(chain).keys(),
    reason="The API server refuses the pods, and nothing runs.",
    source=_STANDARDS,
    follows=["namespace-pod-security"],
)
def pods_keep_the_standard(chain: Chain) -> Iterator[Finding]:
    """Pods keep to the standard that their namespace enforces."""
    levels = _levels(chain)
    for owner in chain.pod_owners:
        level = levels.get(_place(owner), "")
        problems = [
            *(_baseline(owner) if level in _LEVELS[1:] else ()),
            *(_restricted(owner) if level == _LEVELS[2] else ()),
        ]
        for problem in dict.fromkeys(problems):
            workload = chain.workload_of(owner.node)
            name = workload.name if workload else str(owner.name)
            yield Finding(
                workload=name,
                text=f"{owner.kind} '{owner.name}' {problem}, and its namespace enforces {level}",
                fix=f"workloads[name={name}].security: restricted, and no overrides of it",
                urn=owner.node.urn,
            )


def _levels(chain: Chain) -> dict[tuple[str, str], str]:
    """Cluster and namespace → the standard that it enforces."""
    return {
        (namespace.node.provider, known(namespace.name)): _level(namespace, "enforce")
        for namespace in chain.namespaces
    }


def _place(owner: PodOwner) -> tuple[str, str]:
    return owner.node.provider, known(owner.namespace)


def _context(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(container.get("securityContext"))


def _is_windows(owner: PodOwner) -> bool:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#os-specific-policy-controls"""
    return mapping(owner.pod_spec.get("os")).get("name") == "windows"


def _baseline(owner: PodOwner) -> Iterator[str]:
    for key in _HOST:
        if flag(owner.pod_spec.get(key)):
            yield f"has {key}"
    for volume in owner.volumes:
        if "hostPath" in volume:
            yield "mounts a folder of the node"
    for container in owner.containers:
        if flag(_context(container).get("privileged")):
            yield f"has a privileged container '{container.get('name')}'"
        if any(mapping(port).get("hostPort") for port in listed(container.get("ports"))):
            yield f"opens a port of the node in container '{container.get('name')}'"


def _restricted(owner: PodOwner) -> Iterator[str]:
    pod = mapping(owner.pod_spec.get("securityContext"))
    for container in owner.containers:
        context, name = _context(container), f"container '{container.get('name')}'"
        if context.get("runAsNonRoot", pod.get("runAsNonRoot")) not in (True, UNKNOWN):
            yield f"may run {name} as root"
        if context.get("runAsUser", pod.get("runAsUser")) == 0:
            yield f"runs {name} as root"
        if _is_windows(owner):
            continue
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"lets {name} gain privileges"
        capabilities = mapping(context.get("capabilities"))
        if "ALL" not in listed(capabilities.get("drop")) or {*listed(capabilities.get("add"))} - {
            "NET_BIND_SERVICE"
        }:
            yield f"keeps capabilities of {name}"
        profile = mapping(context.get("seccompProfile", pod.get("seccompProfile"))).get("type")
        if profile not in ("RuntimeDefault", "Localhost", UNKNOWN):
            yield f"has no seccomp profile for {name}"


@proof(
    "pods-get-no-api-token",
    severity="warning",
    of=lambda chain: [owner for owner in chain.pod_owners if chain.workload_of(owner.node)],
    reason="An intruder in the container acts in the cluster as the ServiceAccount.",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
)
def pods_get_no_api_token(chain: Chain) -> Iterator[Finding]:
    """No pod of a workload gets a token for the Kubernetes API."""
    for owner in chain.pod_owners:
        workload = chain.workload_of(owner.node)
        account = chain.service_account(owner.node.provider, owner.namespace, owner.service_account)
        by_account = flag(account.node.get("automountServiceAccountToken"), default=True) if account else True
        if workload and flag(owner.pod_spec.get("automountServiceAccountToken"), default=bool(by_account)):
            yield Finding(
                workload=workload.name,
                text=f"{owner.kind} '{owner.name}' gets a token for the Kubernetes API",
                fix=f"workloads[name={workload.name}].overrides: leave automountServiceAccountToken out",
                urn=owner.node.urn,
            )
