"""The proofs of isolated namespaces and of Pod Security break when the program does."""

import pytest

from tests.trust.proofs.broken import WORKLOADS, Broken, check, config, ids

_POLICY, _BASE, _NAMESPACE = (
    "components.workloads.network_policy",
    "components.workloads.base",
    "components.namespace",
)
_TEMPLATE = "components.workloads.pod_template"
_APP, _PLAIN, _CART = (config(name, isolated=True) for name in ("app", "plain", "cart"))
_NONE = {
    **_APP,
    "workloads": [
        {
            "name": "app",
            "namespace": "shop",
            "technique": "sdk",
            "kind": "none",
            "secrets": WORKLOADS["app"]["secrets"],
        }
    ],
}
_NEEDS, _MORE = "isolated-pods-reach-what-they-need", "isolated-pods-reach-nothing-else"

BROKEN = [
    Broken(
        "isolated-namespace-denies",
        _NAMESPACE,
        'policy_types=["Ingress", "Egress"]',
        'policy_types=["Ingress"]',
        _PLAIN,
        says="'shop'",
    ),
    Broken(
        "isolated-namespace-denies",
        "stacks.builders.namespaces",
        "        if namespace.isolated:",
        "        if namespace.release:",
        _APP,
        says="'shop'",
    ),
    Broken(
        _NEEDS,
        _POLICY,
        'for protocol in ("UDP", "TCP")',
        'for protocol in ("TCP",)',
        _APP,
        "app",
        says="UDP 53",
    ),
    Broken(
        _NEEDS,
        _POLICY,
        '"k8s-app": "kube-dns"',
        '"k8s-app": "coredns"',
        _APP,
        "app",
        frozenset({_MORE}),
        "DNS",
    ),
    Broken(
        _NEEDS,
        _POLICY,
        '"protocol": "TCP", "port": 443}',
        '"protocol": "TCP", "port": 80}',
        _APP,
        "app",
        frozenset({_MORE}),
        says="Entra and the vault",
    ),
    Broken(
        _NEEDS,
        _POLICY,
        "for endpoint in Egress if endpoint in needed",
        "for endpoint in [Egress.AZURE] if endpoint in needed",
        _CART,
        "cart",
        says="dapr-system",
    ),
    Broken(
        _NEEDS,
        _POLICY,
        "return [_DNS, *allowed] if allowed else []",
        "return []",
        _NONE,
        "app",
        says="DNS",
    ),
    Broken(
        _MORE, _POLICY, '"except": [METADATA_SERVICE]', '"except": []', _APP, "app", says="169.254.169.254"
    ),
    Broken(_MORE, _POLICY, '"ports": _HTTPS,', "", _APP, "app", says="0.0.0.0/0 by every port"),
    Broken(
        _MORE,
        _POLICY,
        "return [_DNS, *allowed] if allowed else []",
        "return [_DNS, *allowed]",
        _PLAIN,
        "plain",
        says="kube-dns by UDP 53",
    ),
    Broken(
        _MORE,
        _POLICY,
        '{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": operator_namespace}}}',
        '{"namespaceSelector": {}}',
        _CART,
        "cart",
        says="all pods",
    ),
    Broken(
        "isolated-pods-are-reached-by-their-service",
        _BASE,
        '"ingress": ingress_rules(port, served=served)',
        '"ingress": []',
        _APP,
        "app",
        says="not reached at TCP 8080",
    ),
    Broken(
        "isolated-pods-are-reached-by-their-service",
        _BASE,
        '"ingress": ingress_rules(port, served=served)',
        '"ingress": ingress_rules(port or 8080, served=True)',
        _PLAIN,
        "plain",
        says="the port of no Service",
    ),
    Broken(
        "isolation-selects-its-pods",
        _BASE,
        '"podSelector": {"matchLabels": labels(name)}',
        '"podSelector": {"matchLabels": labels(name + "-old")}',
        _PLAIN,
        "plain",
        says="does not select",
    ),
    Broken(
        "isolation-selects-its-pods",
        _BASE,
        '"podSelector": {"matchLabels": labels(name)}',
        '"podSelector": {}',
        config("app", "plain", isolated=True),
        "app",
        frozenset({_MORE, "isolated-pods-are-reached-by-their-service"}),
        says="also selects the pods of workload 'plain'",
    ),
    Broken(
        "namespace-pod-security",
        _NAMESPACE,
        'f"pod-security.kubernetes.io/{mode}": level.value',
        'f"pod-security.kubernetes.io/{mode}": "strict"',
        config("app"),
        says="'strict'",
    ),
    Broken(
        "namespace-pod-security",
        _NAMESPACE,
        '(("enforce", enforce), ("warn", warn))',
        '(("warn", warn),)',
        config("app"),
        says="enforces no standard",
    ),
    Broken(
        "namespace-is-not-privileged",
        "components.operators.helm_chart",
        "enforce=level, warn=level",
        "enforce=PodSecurityLevel.PRIVILEGED, warn=PodSecurityLevel.PRIVILEGED",
        config("cart"),
        says="'dapr-system'",
    ),
    Broken(
        "pods-keep-the-standard",
        _TEMPLATE,
        '"runAsNonRoot": True if restricted else None,',
        "",
        config("app"),
        "app",
        says="as root",
    ),
    Broken(
        "pods-keep-the-standard",
        _TEMPLATE,
        '{"allowPrivilegeEscalation": False}',
        '{"allowPrivilegeEscalation": True}',
        config("app"),
        "app",
        says="gain privileges",
    ),
    Broken(
        "pods-keep-the-standard",
        _TEMPLATE,
        'context["capabilities"] = {"drop": ["ALL"]}',
        'context["capabilities"] = {"add": ["SYS_ADMIN"], "drop": ["ALL"]}',
        config("app"),
        "app",
        says="capabilities",
    ),
    Broken(
        "pods-keep-the-standard",
        _TEMPLATE,
        '"seccompProfile": {"type": "RuntimeDefault"},',
        '"seccompProfile": {"type": "Unconfined"},',
        config("app"),
        "app",
        says="seccomp",
    ),
    Broken(
        "pods-keep-the-standard",
        _TEMPLATE,
        '"automountServiceAccountToken": False,',
        '"automountServiceAccountToken": False, "hostNetwork": True,',
        config("app"),
        "app",
        says="hostNetwork",
    ),
    Broken(
        "pods-get-no-api-token",
        _TEMPLATE,
        '"automountServiceAccountToken": False,',
        '"automountServiceAccountToken": True,',
        config("app"),
        "app",
        says="Kubernetes API",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
