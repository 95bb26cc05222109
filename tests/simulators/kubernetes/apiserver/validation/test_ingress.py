"""Validation of Ingresses: exact messages, as the real API server gave them, and valid values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.acting import manifest
from tests.support.manifests import problems

AT = "spec.rules[0].http.paths[0]"
LONE = {"kind": "Bucket", "name": "pages"}
WEB = {"name": "web", "port": {"number": 80}}


def ingress(path: Any = None, rule: Any = None, /, **spec: Any) -> dict[str, Any]:
    """An Ingress that is fine, with changes of its path, its rule and its spec."""
    item = {"path": "/", "pathType": "Prefix", "backend": {"service": WEB}, **(path or {})}
    rules = [{"host": "shop.example.com", "http": {"paths": [item]}, **(rule or {})}]
    own = {"ingressClassName": "nginx", "rules": rules, **spec}
    return manifest("networking.k8s.io/v1", "Ingress", "web", "demo", spec=own)


@pytest.mark.parametrize(
    "fine",
    [
        ingress(),
        ingress({"path": "", "pathType": "ImplementationSpecific"}),
        ingress({"path": "/a//b", "pathType": "ImplementationSpecific"}),
        ingress({"backend": {"resource": LONE}}),
        ingress({"backend": {"service": {"name": "web", "port": {"name": "http"}}}}),
        ingress(None, {"host": "*.example.com"}, tls=[{"hosts": ["*.example.com"], "secretName": "a.b"}]),
        ingress(rules=[], defaultBackend={"service": WEB}),
        ingress(rules=[{}], tls=[{}]),
    ],
)
def test_an_ingress_is_fine(fine: dict[str, Any]) -> None:
    assert problems(fine) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (ingress(rules=[]), "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified"),
        (ingress(rules=[{"http": {"paths": []}}]), "spec.rules[0].http.paths: Required value"),
        (
            ingress(None, {"host": "10.0.0.1"}),
            'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
        ),
        (
            ingress({"pathType": None}),
            f"{AT}.pathType: Required value: pathType must be specified",
        ),
        (
            ingress({"pathType": "exact"}),
            f'{AT}.pathType: Unsupported value: "exact": supported values: "Exact", '
            '"ImplementationSpecific", "Prefix"',
        ),
        (ingress({"path": "a"}), f'{AT}.path: Invalid value: "a": must be an absolute path'),
        (ingress({"path": "/a//b"}), f"{AT}.path: Invalid value: \"/a//b\": must not contain '//'"),
        (ingress({"path": "/a/.."}), f"{AT}.path: Invalid value: \"/a/..\": cannot end with '/..'"),
        (
            ingress({"backend": {}}),
            f'{AT}.backend: Invalid value: "": resource or service backend is required',
        ),
        (
            ingress({"backend": {"resource": LONE, "service": WEB}}),
            f'{AT}.backend: Invalid value: "": cannot set both resource and service backends',
        ),
        (
            ingress({"backend": {"resource": {"kind": "Bucket"}}}),
            f"{AT}.backend.resource.name: Required value",
        ),
        (
            ingress({"backend": {"service": {"port": {"number": 80}}}}),
            f"{AT}.backend.service.name: Required value",
        ),
        (
            ingress({"backend": {"service": {"name": "web"}}}),
            f"{AT}.backend: Required value: port name or number is required",
        ),
        (
            ingress({"backend": {"service": {"name": "web", "port": {"name": "http", "number": 80}}}}),
            f'{AT}.backend: Invalid value: "": cannot set both port name & port number',
        ),
        (
            ingress({"backend": {"service": {"name": "web", "port": {"number": 70000}}}}),
            f"{AT}.backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
    ],
)
def test_an_ingress_is_refused(wrong: dict[str, Any], message: str) -> None:
    assert problems(wrong) == [message]


@pytest.mark.parametrize("host", ["*", "a.*.example.com", "*.Example.com", "Shop.example.com"])
def test_hosts_are_names_or_wildcards(host: str) -> None:
    (rule,) = problems(ingress(None, {"host": host}))
    (tls,) = problems(ingress(tls=[{"hosts": [host]}]))
    kind = "a wildcard DNS-1123 subdomain" if "*" in host else "a lowercase RFC 1123 subdomain"
    assert rule.startswith(f'spec.rules[0].host: Invalid value: "{host}": {kind} must ')
    assert tls.startswith(f'spec.tls[0].hosts[0]: Invalid value: "{host}": {kind} must ')


def test_names_of_services_follow_the_version() -> None:
    numbered = ingress({"backend": {"service": {**WEB, "name": "1web"}}})
    assert problems(numbered, 36) == []
    (message,) = problems(numbered, 35)
    assert message.startswith(f'{AT}.backend.service.name: Invalid value: "1web": a DNS-1035 label must ')


def test_both_ways_to_name_the_class_agree() -> None:
    made = ingress()
    made["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "nginx"}
    assert problems(made) == []
    made["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "other"}
    assert problems(made) == [
        'annotations.kubernetes.io/ingress.class: Invalid value: "other": must match `ingressClassName` when '
        "both are specified"
    ]
