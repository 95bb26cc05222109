"""Ingresses: ValidateIngressCreate and what it calls in kubernetes/kubernetes 1.36.3,
pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    mappings,
    number,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content, network
from rehearsal.simulators.kubernetes.apiserver.validation.service import RELAXED_NAMES
from rehearsal.simulators.shape import Failure

_CLASS: Final = "kubernetes.io/ingress.class"
_PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
_SEQUENCES: Final = ("//", "/./", "/../", "%2f", "%2F")
_SUFFIXES: Final = ("/..", "/.")


def ingress_failures(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    yield from changed_ingress_failures(manifest, minor)
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    name = mapping(manifest.get("spec")).get("ingressClassName")
    if name is not None and (value := annotations.get(_CLASS, name)) != name:
        why = "must match `ingressClassName` when both are specified"
        yield invalid(f"annotations.{_CLASS}", value, why)


def changed_ingress_failures(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    """Problems of an Ingress that replaces a valid one."""
    spec = mapping(manifest.get("spec"))
    rules = mappings(spec.get("rules"))
    if not rules and "defaultBackend" not in spec:
        yield invalid("spec", spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    if "defaultBackend" in spec:
        yield from _backend(mapping(spec["defaultBackend"]), "spec.defaultBackend", minor)
    for index, rule in enumerate(rules):
        yield from _rule(rule, f"spec.rules[{index}]", minor)
    for index, certificate in enumerate(mappings(spec.get("tls"))):
        path = f"spec.tls[{index}]"
        for item, host in enumerate(texts(certificate.get("hosts"))):
            yield from wrong(f"{path}.hosts[{item}]", host, _host(host))
        if secret := text(certificate, "secretName"):
            yield from wrong(f"{path}.secretName", secret, content.subdomain(secret))
    if "ingressClassName" in spec:
        name = text(spec, "ingressClassName")
        yield from wrong("spec.ingressClassName", name, content.subdomain(name))


def _rule(rule: Mapping[str, Any], path: str, minor: int) -> Iterator[Failure]:
    if host := text(rule, "host"):
        if network.parse_address(host) is not None:
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from wrong(f"{path}.host", host, _host(host))
    if "http" not in rule:
        return
    paths = mappings(mapping(rule["http"]).get("paths"))
    if not paths:
        yield required(f"{path}.http.paths")
    for index, item in enumerate(paths):
        yield from _path(item, f"{path}.http.paths[{index}]", minor)


def _host(host: str) -> Iterator[str]:
    return content.wildcard_subdomain(host) if "*" in host else content.subdomain(host)


def _path(item: Mapping[str, Any], path: str, minor: int) -> Iterator[Failure]:
    """validateHTTPIngressPath."""
    if "pathType" not in item:
        yield required(f"{path}.pathType", "pathType must be specified")
        return
    kind, value = item["pathType"], text(item, "path")
    if kind not in _PATH_TYPES:
        yield unsupported(f"{path}.pathType", kind, _PATH_TYPES)
    else:
        yield from wrong(f"{path}.path", value, _wrong_path(value, kind))
    yield from _backend(mapping(item.get("backend")), f"{path}.backend", minor)


def _wrong_path(value: str, kind: str) -> Iterator[str]:
    free = kind == "ImplementationSpecific"
    if not value.startswith("/") and (value or not free):
        yield "must be an absolute path"
    if not free:
        yield from (f"must not contain '{part}'" for part in _SEQUENCES if part in value)
        yield from (f"cannot end with '{end}'" for end in _SUFFIXES if value.endswith(end))


def _backend(backend: Mapping[str, Any], path: str, minor: int) -> Iterator[Failure]:
    kinds = [name for name in ("resource", "service") if name in backend]
    if len(kinds) > 1:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif not kinds:
        yield invalid(path, "", "resource or service backend is required")
    elif kinds == ["resource"]:
        yield from _reference(mapping(backend["resource"]), f"{path}.resource")
    else:
        yield from _service(mapping(backend["service"]), path, minor)


def _service(service: Mapping[str, Any], path: str, minor: int) -> Iterator[Failure]:
    if name := text(service, "name"):
        form = content.label if minor >= RELAXED_NAMES else content.label_1035
        yield from wrong(f"{path}.service.name", name, form(name))
    else:
        yield required(f"{path}.service.name")
    port = mapping(service.get("port"))
    port_name, port_number = text(port, "name"), number(port, "number")
    if port_name and port_number:
        yield invalid(path, "", "cannot set both port name & port number")
    elif port_name:
        yield from wrong(f"{path}.service.port.name", port_name, content.port_name(port_name))
    elif port_number:
        yield from wrong(f"{path}.service.port.number", port_number, content.port_number(port_number))
    else:
        yield required(path, "port name or number is required")


def _reference(reference: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validateIngressTypedLocalObjectReference."""
    if "apiGroup" in reference:
        group = text(reference, "apiGroup")
        yield from wrong(f"{path}.apiGroup", group, content.subdomain(group))
    for field in ("kind", "name"):
        if value := text(reference, field):
            yield from wrong(f"{path}.{field}", value, content.path_segment(value))
        else:
            yield required(f"{path}.{field}")
