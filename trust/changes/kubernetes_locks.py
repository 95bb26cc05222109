"""Locks of Kubernetes objects: Pod Security, network policies, RBAC, Services, charts, Dapr's scopes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from trust.changes.judges import Judge, added, moved, new_addresses, opened, turned_off, weaker
from trust.changes.lock import Lock
from trust.graph import Graph, Node
from trust.nodes.fields import listed, mapping
from trust.values import UNKNOWN

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
DAPR_CONFIGURATION: Final = "kubernetes:dapr.io/v1alpha1:Configuration"
DAPR_COMPONENT: Final = "kubernetes:dapr.io/v1alpha1:Component"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
SERVICE: Final = "kubernetes:core/v1:Service"
SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
ROLES: Final = tuple(f"kubernetes:rbac.authorization.k8s.io/v1:{kind}" for kind in ("Role", "ClusterRole"))
BINDINGS: Final = tuple(f"{role}Binding" for role in ROLES)
_ENFORCE: Final = ("metadata", "labels", "pod-security.kubernetes.io/enforce")


def _chart(path: str, subject: str, judge: Judge) -> Lock:
    return Lock(RELEASE, ("values", *path.split(".")), f"{subject} of the chart {{name}}", judge)


LOCKS: Final = (
    Lock(
        NAMESPACE,
        _ENFORCE,
        "the Pod Security profile of the namespace {name}",
        weaker("privileged", "baseline", "restricted"),
    ),
    Lock(
        f"{NAMESPACE}Patch",
        _ENFORCE,
        "the Pod Security profile of the namespace {name}",
        weaker("privileged", "baseline", "restricted"),
    ),
    Lock(RELEASE, ("repositoryOpts", "repo"), "the repository of the chart {name}", moved),
    Lock(RELEASE, ("chart",), "the chart of the release {name}", moved),
    # Without it Helm deletes the definitions with the release, and with them every object of theirs.
    Lock(
        RELEASE,
        ("values", "crds", "annotations", "helm.sh/resource-policy"),
        "the lock on deletion of the definitions of the chart {name}",
        turned_off("keep"),
    ),
    _chart("rbac.serviceAccountTokenCreate", "the right to request every token", opened(True)),
    _chart("processClusterStore", "service of stores of the whole cluster", opened(True)),
    _chart("processClusterExternalSecret", "service of ClusterExternalSecrets", opened(True)),
    _chart("processPushSecret", "writing into vaults", opened(True)),
    _chart("processClusterPushSecret", "writing into vaults from the whole cluster", opened(True)),
    _chart("processClusterGenerator", "service of generators of the whole cluster", opened(True)),
    _chart("rbac.servicebindings.create", "the Role for service bindings", opened(True)),
    _chart("scopedNamespace", "the only namespace", moved),
    _chart("reloader.watchGlobally", "watching of every namespace", opened(True)),
    _chart("reloader.namespaces", "Reloader's Role", added("includes namespace")),
    _chart("secrets-store-csi-driver.enableSecretRotation", "rotation by the CSI driver", turned_off(True)),
    _chart("secrets-store-csi-driver.syncSecret.enabled", "writing of Kubernetes Secrets", opened(True)),
    _chart("global.mtls.enabled", "encryption between sidecars", turned_off(True)),
    Lock(DAPR_COMPONENT, ("scopes",), "the Dapr Component {name}", added("is open to")),
    Lock(
        SERVICE_ACCOUNT,
        ("automountServiceAccountToken",),
        "the lock on API tokens of the ServiceAccount {name}",
        turned_off(False),
    ),
)


def rotates_by_chart(graph: Graph) -> bool:
    """Whether a release of the CSI driver rotates."""
    path = ("values", "secrets-store-csi-driver", "enableSecretRotation")
    return any(node.input(path) is True for node in graph.of_type(RELEASE))


def network_policy(before: Node, after: Node) -> Iterator[str]:
    """Rules only add up: another one lets more through, a direction that goes is open."""
    old, new = mapping(before.input("spec")), mapping(after.input("spec"))
    if after.input("spec") is UNKNOWN or old == new:
        return
    subject = "the network policy {name}"
    if old.get("podSelector") != new.get("podSelector"):
        yield f"{subject} holds for other pods"
    for gone in [
        kind for kind in listed(old.get("policyTypes")) if kind not in listed(new.get("policyTypes"))
    ]:
        yield f"{subject} no longer restricts {str(gone).lower()}"
    for key, words in (("ingress", "in from"), ("egress", "out to")):
        for rule in listed(new.get(key)):
            if rule not in listed(old.get(key)):
                yield f"{subject} lets traffic {words} {_peers(rule, key)}"


def _peers(rule: Any, key: str) -> str:
    whole = mapping(rule)
    peers = listed(whole.get("from" if key == "ingress" else "to"))
    ports = list(dict.fromkeys(map(_port, listed(whole.get("ports")))))
    where = ", ".join(_short(peer) for peer in peers) or "everywhere"
    return f"{where} ({'port' if len(ports) == 1 else 'ports'} {', '.join(ports)})" if ports else where


def _port(entry: Any) -> str:
    port, protocol = mapping(entry).get("port", "every port"), mapping(entry).get("protocol", "TCP")
    number = f"{port:g}" if isinstance(port, float) else str(port)
    return number if protocol == "TCP" else f"{number}/{protocol}"


def _short(peer: Any) -> str:
    """``pods k8s-app=kube-dns of namespace kube-system``, or an address range."""
    whole = mapping(peer)
    if "cidr" in (block := mapping(whole.get("ipBlock"))):
        gone = ", ".join(map(str, listed(block.get("except"))))
        return f"{block['cidr']} without {gone}" if gone else str(block["cidr"])
    selectors = [mapping(whole.get(key)) for key in ("podSelector", "namespaceSelector")]
    if any(selector.keys() - {"matchLabels"} for selector in selectors):
        return json.dumps(peer, sort_keys=True, default=str)
    pods, namespace = (dict(mapping(selector.get("matchLabels"))) for selector in selectors)
    name = namespace.pop(_NAME_LABEL, None)
    places = [f"namespace {name}" if name else "", f"namespaces {_labels(namespace)}" if namespace else ""]
    if not any(places):
        places = ["every namespace" if "namespaceSelector" in whole else "its namespace"]
    return f"{f'pods {_labels(pods)}' if pods else 'every pod'} of {' and '.join(filter(None, places))}"


_NAME_LABEL: Final = "kubernetes.io/metadata.name"


def _labels(labels: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())


def rbac_role(before: Node, after: Node) -> Iterator[str]:
    """The rights of a Role that it did not have before."""
    old = _rights(before)
    new = [right for right in _rights(after) if not any(_covers(known, right) for known in old)]
    if new:
        allowed = dict.fromkeys(f"{verb} {place}{name and ' ' + name}" for verb, _, place, name in new)
        yield f"the {_kind(after)} {{name}} allows {', '.join(allowed)} now"


_Right: TypeAlias = tuple[str, str, str, str]
"""Verb, API group, resource and name; without a name, every one."""


def _rights(node: Node) -> list[_Right]:
    rights: list[_Right] = []
    for rule in map(mapping, listed(node.input("rules"))):
        places = listed(rule.get("resources")) + listed(rule.get("nonResourceURLs"))
        rights += itertools.product(
            map(str, listed(rule.get("verbs"))),
            map(str, listed(rule.get("apiGroups")) or [""]),
            map(str, places),
            map(str, listed(rule.get("resourceNames")) or [""]),
        )
    return rights


def _covers(right: _Right, other: _Right) -> bool:
    *wide, name = right
    *narrow, other_name = other
    is_wide = all(part in ("*", required) for part, required in zip(wide, narrow, strict=True))
    return is_wide and name in ("", other_name)


def rbac_binding(before: Node, after: Node) -> Iterator[str]:
    """New holders of a Role."""
    role = mapping(after.input("roleRef"))
    if role and mapping(before.input("roleRef")) != role:
        yield f"the {_kind(after)} {{name}} gives {role.get('kind')} {role.get('name')} now"
    old = [_subject(item) for item in listed(before.input("subjects"))]
    new = [name for item in listed(after.input("subjects")) if (name := _subject(item)) not in old]
    if new:
        yield f"the {_kind(after)} {{name}} holds for {', '.join(new)} now"


def _subject(subject: Any) -> str:
    item = mapping(subject)
    name = "/".join(str(item[key]) for key in ("namespace", "name") if key in item)
    return f"{item.get('kind', 'subject')} {name}"


def _kind(node: Node) -> str:
    return node.type.rsplit(":", 1)[-1]


_INTERNAL: Final = "service.beta.kubernetes.io/azure-load-balancer-internal"


def service(before: Node, after: Node) -> Iterator[str]:
    """Whether a Service has a public address, and who reaches it."""
    if _is_public(after) and not _is_public(before):
        yield "the Service {name} gets a public address"
    old, new = before.input("spec.loadBalancerSourceRanges"), after.input("spec.loadBalancerSourceRanges")
    if _is_public(before) and _is_public(after) and old:
        text = new_addresses(old, new) if new else "are gone: every address reaches it"
        if text:
            yield f"source ranges of the Service {{name}} {text}"


def _is_public(node: Node) -> bool:
    is_internal = str(node.input(("metadata", "annotations", _INTERNAL))).lower() == "true"
    return node.input("spec.type") == "LoadBalancer" and not is_internal


def dapr_configuration(before: Node, after: Node) -> Iterator[str]:
    """Secrets, by store, that the applications of a Configuration may read."""
    if after.input("spec.secrets.scopes") is UNKNOWN:
        return
    old = {scope.get("storeName"): scope for scope in _scopes(before)}
    new = {scope.get("storeName"): scope for scope in _scopes(after)}
    for store, scope in new.items():
        was: Mapping[str, Any] = old.get(store, {})
        if was.get("defaultAccess") == "deny" and scope.get("defaultAccess") != "deny":
            yield "denial by default in the Dapr Configuration {name} is turned off"
        names = [
            name
            for name in listed(scope.get("allowedSecrets"))
            if name not in listed(was.get("allowedSecrets"))
        ]
        if names and was:
            yield f"the Dapr Configuration {{name}} allows {', '.join(map(str, names))} of {store} now"
        denied = [
            name
            for name in listed(was.get("deniedSecrets"))
            if name not in listed(scope.get("deniedSecrets"))
        ]
        if denied:
            yield f"the Dapr Configuration {{name}} no longer denies {', '.join(map(str, denied))} of {store}"
    for store in old.keys() - new.keys():
        if old[store].get("defaultAccess") == "deny":
            yield f"the Dapr Configuration {{name}} no longer limits {store}"


def _scopes(node: Node) -> list[Mapping[str, Any]]:
    return [mapping(scope) for scope in listed(node.input("spec.secrets.scopes"))]
