"""Selectors: Services, NetworkPolicies and owners of pods find the pods of their workload and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.graph import Node
from trust.network import selects
from trust.nodes.fields import known, listed, mapping
from trust.nodes.pods import PodOwner
from trust.proofs.isolation import FIX, templates
from trust.proofs.joins import line
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN
from trust.workloads import Workload

_SELECTING: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def _services(chain: Chain) -> list[tuple[Workload, Node]]:
    """The Services of workloads whose pods the stack makes."""
    services: list[tuple[Workload, Node]] = []
    for node in chain.graph.of_kind("core", "Service"):
        workload = chain.workload_of(node)
        if workload and workload.pods and node.input("spec.type") != "ExternalName":
            services.append((workload, node))
    return services


@proof(
    "service-selects-its-pods",
    of=_services,
    reason="Callers of the Service reach no pod, or those of another workload.",
    source="https://kubernetes.io/docs/concepts/services-networking/service/",
    follows=["workload-in-one-namespace"],
)
def service_selects_its_pods(chain: Chain) -> Iterator[Finding]:
    """Every Service of a workload selects the pods of that workload alone, and a port that they have."""
    for workload, node in _services(chain):
        for problem in _problems(chain, workload, node):
            yield Finding(
                workload=workload.name,
                text=f"{workload.name}: Service '{node.get('metadata.name') or node.name}' {problem}",
                fix=f"{line(workload, 'overrides')}: let the Service select app.kubernetes.io/name alone",
                urn=node.urn,
            )


def _problems(chain: Chain, workload: Workload, node: Node) -> Iterator[str]:
    selector = mapping(node.input("spec.selector"))
    if node.input("spec.selector") is UNKNOWN or UNKNOWN in selector.values():
        return
    own = [owner for owner in workload.pods if _is_selected(selector, owner)]
    if not own:
        shown = ", ".join(f"{key}={value}" for key, value in selector.items()) or "nothing"
        yield f"selects {shown}, and so none of its pods"
    for other in chain.workloads:
        beside = (other.provider, known(other.namespace)) == (workload.provider, known(workload.namespace))
        if other is not workload and beside and any(_is_selected(selector, owner) for owner in other.pods):
            yield f"also selects the pods of workload '{other.name}'"
    for port in map(mapping, listed(node.input("spec.ports"))):
        target = port.get("targetPort", port.get("port"))
        if own and target is not UNKNOWN and not any(_has_port(owner, target) for owner in own):
            yield f"leads to port {_number(target)}, which no container of its pods has"


def _is_selected(selector: Mapping[str, Any], owner: PodOwner) -> bool:
    return bool(selector) and selects({"matchLabels": selector}, owner.pod_labels)


def _has_port(owner: PodOwner, target: Any) -> bool:
    ports = [mapping(port) for container in owner.containers for port in listed(container.get("ports"))]
    # A container may listen at a port that it does not list.
    return not ports or any(
        target == port.get("name") or _number(target) == _number(port.get("containerPort")) for port in ports
    )


def _number(port: Any) -> str:
    return str(int(port)) if isinstance(port, float) else str(port)


@proof(
    "owner-selects-its-pods",
    of=lambda chain: [owner for owner in chain.pod_owners if owner.kind in _SELECTING],
    reason="The API server refuses an owner whose selector does not match the labels of its template.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
    follows=["token-label-is-not-selected"],
)
def owner_selects_its_pods(chain: Chain) -> Iterator[Finding]:
    """Every Deployment, StatefulSet and DaemonSet selects the pods of its own template."""
    for owner in chain.pod_owners:
        if owner.kind not in _SELECTING or UNKNOWN in (owner.spec.get("selector"), owner.node.input("spec")):
            continue
        selector = mapping(owner.spec.get("selector"))
        if selector and selects(selector, owner.pod_labels):
            continue
        workload = chain.workload_of(owner.node)
        name = workload.name if workload else ""
        yield Finding(
            workload=name,
            text=f"{owner.kind} '{owner.name}' does not select the pods of its own template",
            fix=f"{line(name, 'overrides')}: let selector and labels of the template agree",
            urn=owner.node.urn,
        )


@proof(
    "isolation-selects-its-pods",
    of=lambda chain: [policy for policy in chain.network_policies if chain.workload_of(policy.node)],
    reason="The policy has no effect, or opens what it allows to the pods of another workload.",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
    follows=["workload-in-one-namespace", "isolated-namespace-denies"],
)
def isolation_selects_its_pods(chain: Chain) -> Iterator[Finding]:
    """The policy of a workload selects the pods of that workload, and no others."""
    for policy in chain.network_policies:
        workload = chain.workload_of(policy.node)
        if workload is None:
            continue
        name = workload.name
        fix = f"{FIX} (workload '{name}')"
        for other in chain.workloads:
            if (other.provider, known(other.namespace)) != policy.key[:2]:
                continue
            for urn, template in templates(chain, other):
                labels = mapping(mapping(template.get("metadata")).get("labels"))
                if selects(policy.pod_selector, labels) is (other is workload):
                    continue
                problem = "does not select" if other is workload else "also selects"
                text = f"NetworkPolicy '{policy.name}' {problem} the pods of workload '{other.name}'"
                yield Finding(
                    workload=name, text=text, fix=fix, urn=urn if other is not workload else policy.node.urn
                )
