"""Locks in Kubernetes, each loosened in place: the sentence that a reviewer reads, and silence otherwise."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.each import each
from trust.chain import Chain
from trust.changes.attention import new_bindings
from trust.changes.locks import loosened, summed
from trust.graph import Graph, Node
from trust.values import UNKNOWN

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
RELEASE = "kubernetes:helm.sh/v3:Release"
SERVICE = "kubernetes:core/v1:Service"
DAPR = "kubernetes:dapr.io/v1alpha1:Configuration"
COMPONENT = "kubernetes:dapr.io/v1alpha1:Component"
METADATA = {"namespace": "shop", "name": "web"}
INTERNAL = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}


def node(token: str, name: str = "web", **inputs: Any) -> Node:
    inputs = {"metadata": {**METADATA, "name": name}, **inputs}
    return Node(urn=f"urn:{token}:{name}", type=token, name=name, id=f"shop/{name}", inputs=inputs)


def pods(container: Any = None, **spec: Any) -> Node:
    whole = {"name": "app", "image": "ghcr.io/shop/web:1", **(container or {})}
    return node(DEPLOYMENT, spec={"template": {"spec": {"containers": [whole], **spec}}})


def security(**context: Any) -> Node:
    return pods({"securityContext": context})


def policy(*rules: Any, types: tuple[str, ...] = ("Ingress", "Egress"), **spec: Any) -> Node:
    return node(POLICY, spec={"egress": list(rules), "policyTypes": list(types), **spec})


def role(*verbs: str, **rule: Any) -> Node:
    whole = {"apiGroups": [""], "resources": ["secrets"], "verbs": list(verbs), **rule}
    return node(ROLE, rules=[whole])


def binding(*names: str, to: str = "reader") -> Node:
    subjects = [{"kind": "ServiceAccount", "namespace": "shop", "name": name} for name in names]
    return node(BINDING, subjects=subjects, roleRef={"kind": "Role", "name": to})


def chart(**values: Any) -> Node:
    return node(RELEASE, values=values)


def service(kind: str, annotations: Any = None, *ranges: str) -> Node:
    metadata = {**METADATA, "annotations": annotations or {}}
    return node(SERVICE, metadata=metadata, spec={"type": kind, "loadBalancerSourceRanges": list(ranges)})


def scoped(*names: str, access: str = "deny") -> Node:
    scope = {"storeName": "vault", "defaultAccess": access, "allowedSecrets": list(names)}
    return node(DAPR, spec={"secrets": {"scopes": [scope]}})


APP = "the container app of the Deployment shop/web"
TO_ALL = {"ports": [{"port": 443}]}
TO_ONE = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 443}]}
TO_DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"port": 53.0, "protocol": "UDP"}, {"port": 53.0, "protocol": "TCP"}],
}
_PUBLIC = "0.0.0.0/0 without 169.254.169.254/32"
CASES: list[tuple[Node, Node, str]] = [
    (security(readOnlyRootFilesystem=True), security(), f"readOnlyRootFilesystem: true of {APP} is gone"),
    (security(runAsNonRoot=True), security(), f"runAsNonRoot: true of {APP} is gone"),
    (
        security(allowPrivilegeEscalation=False),
        security(allowPrivilegeEscalation=True),
        f"allowPrivilegeEscalation: false of {APP} is gone",
    ),
    (security(), security(privileged=True), f"{APP} is privileged now"),
    (security(runAsUser=65532), security(runAsUser=0), f"{APP} runs as root now"),
    (security(runAsUser=65532), security(), f"{APP} runs as the user of its image now"),
    (security(capabilities={"drop": ["ALL"]}), security(), f"{APP} no longer drops capability ALL"),
    (security(), security(capabilities={"add": ["SYS_ADMIN"]}), f"{APP} adds capability SYS_ADMIN"),
    (
        security(seccompProfile={"type": "RuntimeDefault"}),
        security(seccompProfile={"type": "Unconfined"}),
        f"the seccomp profile of {APP} is gone",
    ),
    (pods(), pods(hostNetwork=True), "hostNetwork of the Deployment shop/web is turned on"),
    (
        pods(),
        pods(volumes=[{"name": "node", "hostPath": {"path": "/etc"}}]),
        "the Deployment shop/web mounts /etc of its node",
    ),
    (
        pods(automountServiceAccountToken=False),
        pods(),
        "the lock on API tokens of the Deployment shop/web is turned off",
    ),
    (
        pods(serviceAccountName="web"),
        pods(serviceAccountName="admin"),
        "the Deployment shop/web runs as ServiceAccount admin, not as web",
    ),
    (
        pods(),
        pods(initContainers=[{"name": "spy", "image": "ghcr.io/spy:1"}]),
        "the container spy of the Deployment shop/web is new, with image ghcr.io/spy:1",
    ),
    (
        pods(),
        pods({"image": "ghcr.io/other/web:1"}),
        f"{APP} runs an image of ghcr.io/other/web, not of ghcr.io/shop/web",
    ),
    (pods(), pods({"command": ["sh"]}), f"{APP} runs another command"),
    (policy(), policy(TO_ALL), "the network policy shop/web lets traffic out to everywhere (port 443)"),
    (policy(), policy(TO_ONE), "the network policy shop/web lets traffic out to 10.0.0.0/8 (port 443)"),
    (
        policy(),
        policy(TO_DNS),
        "the network policy shop/web lets traffic out to pods k8s-app=kube-dns of namespace kube-system"
        " (ports 53/UDP, 53)",
    ),
    *(
        (policy(), policy({"to": [peer]}), f"the network policy shop/web lets traffic out to {words}")
        for peer, words in (
            ({"podSelector": {}}, "every pod of its namespace"),
            ({"namespaceSelector": {}}, "every pod of every namespace"),
            ({"namespaceSelector": {"matchLabels": {"team": "x"}}}, "every pod of namespaces team=x"),
            ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}, _PUBLIC),
        )
    ),
    (
        pods({"image": "ghcr.io/shop/web:1@sha256:0"}),
        pods({"image": "ghcr.io/shop/web:1"}),
        f"{APP} no longer names its image by digest",
    ),
    (policy(), policy(types=("Ingress",)), "the network policy shop/web no longer restricts egress"),
    (
        policy(podSelector={}),
        policy(podSelector={"matchLabels": {"app": "x"}}),
        "the network policy shop/web holds for other pods",
    ),
    (role("get"), role("get", "list"), "the Role shop/web allows list secrets now"),
    (
        role("get", resourceNames=["one"]),
        role("get"),
        "the Role shop/web allows get secrets now",
    ),
    (binding("a"), binding("a", "b"), "the RoleBinding shop/web holds for ServiceAccount shop/b now"),
    (binding("a"), binding("a", to="admin"), "the RoleBinding shop/web gives Role admin now"),
    (
        chart(rbac={"serviceAccountTokenCreate": False}),
        chart(rbac={"serviceAccountTokenCreate": True}),
        "the right to request every token of the chart shop/web is turned on",
    ),
    (
        chart(scopedNamespace="shop"),
        chart(),
        "the only namespace of the chart shop/web changes from shop to none",
    ),
    (
        chart(reloader={"namespaces": ["a"]}),
        chart(reloader={"namespaces": ["a", "b"]}),
        "Reloader's Role of the chart shop/web includes namespace b now",
    ),
    (service("ClusterIP"), service("LoadBalancer"), "the Service shop/web gets a public address"),
    (
        service("LoadBalancer", INTERNAL),
        service("LoadBalancer"),
        "the Service shop/web gets a public address",
    ),
    (
        service("LoadBalancer", {}, "20.1.0.0/16"),
        service("LoadBalancer"),
        "source ranges of the Service shop/web are gone: every address reaches it",
    ),
    (scoped("a"), scoped("a", "b"), "the Dapr Configuration shop/web allows b of vault now"),
    (scoped(), node(DAPR, spec={}), "the Dapr Configuration shop/web no longer limits vault"),
    (
        node(COMPONENT, scopes=["a"]),
        node(COMPONENT, scopes=["a", "b"]),
        "the Dapr Component shop/web is open to b now",
    ),
]


def texts(before: Node, after: Node) -> list[str]:
    return [lock.text for lock in loosened(Graph([before], "state"), Graph([after], "state"))]


@each("before, after, text", CASES, ids=[case[2] for case in CASES])
def test_what_is_loosened_in_place_is_named(before: Node, after: Node, text: str) -> None:
    assert texts(before, after) == [text]
    assert texts(before, before) == []
    assert texts(after, after) == []


SYMMETRIC = ("runs as ServiceAccount", "runs an image", "runs another command", "other pods", "gives Role")


@each("before, after, text", CASES, ids=[case[2] for case in CASES])
def test_what_is_tightened_is_no_news(before: Node, after: Node, text: str) -> None:
    assert bool(texts(after, before)) == any(words in text for words in SYMMETRIC)


def test_an_unknown_object_loosens_nothing() -> None:
    for before, after, _ in CASES:
        unknown = {key: after.inputs[key] if key == "metadata" else UNKNOWN for key in after.inputs}
        assert texts(before, dataclasses.replace(after, inputs=unknown)) == []


def test_a_policy_that_goes_with_its_pods_guards_nothing() -> None:
    labels = {"app": "web"}
    owner = node(DEPLOYMENT, spec={"template": {"metadata": {"labels": labels}, "spec": {"containers": []}}})
    guard = policy(podSelector={"matchLabels": labels})
    before = Graph([owner, guard], "state")
    assert loosened(before, Graph([], "state")) == ()
    gone = loosened(before, Graph([owner], "state"))
    assert [lock.text for lock in gone] == ["the network policy shop/web goes"]


def test_one_lock_of_many_resources_is_one_line() -> None:
    graphs = [
        Graph(
            [
                node(DEPLOYMENT, f"web-{number}", spec={"template": {"spec": {**spec, "containers": []}}})
                for number in range(40)
            ],
            "state",
        )
        for spec in ({}, {"hostPID": True})
    ]
    assert summed(loosened(*graphs)) == [
        "hostPID of the Deployment shop/web-0, shop/web-1, shop/web-2 and 37 more is turned on"
    ]


def test_a_binding_to_a_role_of_another_tool_is_named_and_one_of_the_stack_is_not() -> None:
    """The rights of its role are unknown, so a reviewer has to look."""
    before = Chain.read(Graph([role("get")], "state"))
    after = Chain.read(Graph([role("get"), binding("ci", to="deployer"), node(ROLE, "deployer")], "state"))
    strange = Chain.read(Graph([role("get"), binding("ci", to="deployer")], "state"))
    assert list(new_bindings(before, after)) == []
    assert list(new_bindings(strange, strange)) == []
    assert list(new_bindings(before, strange)) == [
        "ServiceAccount shop/ci gets the Role deployer in namespace shop, whose rules are not in this stack"
    ]
