"""Services: ValidateServiceCreate, ValidateServiceUpdate and what they call in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go. Values have their defaults. The API server gives out addresses and
ports of nodes after this, which is not simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    Struct,
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    number,
    one_of,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.defaults.kinds import is_reachable_from_outside
from rehearsal.simulators.kubernetes.apiserver.validation import content, network
from rehearsal.simulators.kubernetes.apiserver.validation.pods.probes import port_failures
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import label_failures
from rehearsal.simulators.kubernetes.apiserver.validation.service_addresses import (
    address_failures,
    is_headless,
)
from rehearsal.simulators.shape import Failure

RELAXED_NAMES: Final = 36
"""First minor version whose Services may have a name that begins with a digit.

https://github.com/kubernetes/enhancements/issues/5311
"""
_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_LONGEST_AFFINITY: Final = 86400
_RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
_MODE: Final = "service.kubernetes.io/topology-mode"
_ONLY_BALANCED: Final = "may only be used when `type` is 'LoadBalancer'"


def service_failures(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    spec, metadata = mapping(manifest.get("spec")), mapping(manifest.get("metadata"))
    if minor < RELAXED_NAMES and (name := text(metadata, "name")):
        yield from wrong("metadata.name", name, content.label_1035(name))
    annotations = mapping(metadata.get("annotations"))
    if {_MODE, _HINTS} <= annotations.keys() and annotations[_MODE] != annotations[_HINTS]:
        why = f"must match annotations[{_HINTS}] when both are specified"
        yield invalid(f"metadata.annotations[{_MODE}]", annotations[_MODE], why)
    yield from _type(spec)
    yield from _ports(spec)
    yield from label_failures(spec.get("selector"), "spec.selector")
    yield from _affinity(spec)
    yield from address_failures(spec, minor)
    yield from _ranges(spec, annotations, minor)
    yield from _balancer(spec)
    yield from _traffic(spec, minor)


def _type(spec: Mapping[str, Any]) -> Iterator[Failure]:
    kind = text(spec, "type")
    if not spec.get("ports") and not is_headless(spec) and kind != "ExternalName":
        yield required("spec.ports")
    if kind in ("LoadBalancer", "NodePort") and is_headless(spec):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        why = "may not be set for ExternalName services"
        for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(name):
                yield forbidden(f"spec.{name}", why)
        if name := text(spec, "externalName").removesuffix("."):
            yield from wrong("spec.externalName", name, content.subdomain(name))
        else:
            yield required("spec.externalName")
    if kind not in _TYPES:
        yield unsupported("spec.type", kind, _TYPES)


def _ports(spec: Mapping[str, Any]) -> Iterator[Failure]:
    ports = mappings(spec.get("ports"))
    names: set[str] = set()
    inner: set[tuple[str, int]] = set()
    outer: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        place = f"spec.ports[{index}]"
        if name := text(port, "name"):
            yield from wrong(f"{place}.name", name, content.label(name))
            if name in names:
                yield duplicate(f"{place}.name", name)
            names.add(name)
        elif len(ports) > 1:
            yield required(f"{place}.name")
        own, protocol, node = number(port, "port") or 0, text(port, "protocol"), number(port, "nodePort") or 0
        yield from wrong(f"{place}.port", own, content.port_number(own))
        if protocol not in _PROTOCOLS:
            yield unsupported(f"{place}.protocol", protocol, _PROTOCOLS)
        yield from port_failures(port.get("targetPort"), f"{place}.targetPort")
        if isinstance(application := port.get("appProtocol"), str):
            yield from wrong(f"{place}.appProtocol", application, content.qualified_name(application))
        if node and spec.get("type") == "ClusterIP":
            yield forbidden(f"{place}.nodePort", "may not be used when `type` is 'ClusterIP'")
        if node and (protocol, node) in outer:
            yield duplicate(f"{place}.nodePort", node)
        if (protocol, own) in inner:
            shown = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": own}
            yield duplicate(place, Struct(**shown, TargetPort=0, NodePort=0))
        inner.add((protocol, own))
        outer.add((protocol, node))


def _affinity(spec: Mapping[str, Any]) -> Iterator[Failure]:
    yield from one_of(spec, "sessionAffinity", "spec", ("ClientIP", "None"))
    if spec.get("sessionAffinity") == "ClientIP":
        client = mapping(mapping(spec.get("sessionAffinityConfig")).get("clientIP"))
        seconds = number(client, "timeoutSeconds")
        if seconds is not None and not 0 < seconds <= _LONGEST_AFFINITY:
            why = f"must be greater than 0 and less than {_LONGEST_AFFINITY}"
            yield invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, why)


def _ranges(spec: Mapping[str, Any], annotations: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    for index, address in enumerate(texts(spec.get("externalIPs"))):
        details = list(network.address(address, minor)) or network.special(address)
        yield from wrong(f"spec.externalIPs[{index}]", address, details)
    ranges, path = texts(spec.get("loadBalancerSourceRanges")), "spec.LoadBalancerSourceRanges"
    annotation = f"metadata.annotations[{_RANGES}]"
    if ranges:
        if spec.get("type") != "LoadBalancer":
            yield forbidden(path, _ONLY_BALANCED)
        for index, range_ in enumerate(ranges):
            yield from wrong(f"{path}[{index}]", range_.strip(), network.range_(range_.strip(), minor))
    elif isinstance(value := annotations.get(_RANGES), str):
        if spec.get("type") != "LoadBalancer":
            yield forbidden(annotation, _ONLY_BALANCED)
        for range_ in value.split(",") if value.strip() else ():
            yield from wrong(annotation, range_.strip(), network.range_(range_.strip(), minor))


def _balancer(spec: Mapping[str, Any]) -> Iterator[Failure]:
    if spec.get("type") != "LoadBalancer":
        yield from (
            forbidden(f"spec.{name}", _ONLY_BALANCED)
            for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass")
            if spec.get(name) is not None
        )
    elif isinstance(name := spec.get("loadBalancerClass"), str):
        yield from wrong("spec.loadBalancerClass", name, content.qualified_name(name))


def _traffic(spec: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    """validateServiceExternalTrafficPolicy, validateServiceInternalTrafficFieldsValue,
    validateServiceTrafficDistribution.
    """
    outer, port = text(spec, "externalTrafficPolicy"), number(spec, "healthCheckNodePort") or 0
    if not is_reachable_from_outside(spec):
        if outer:
            why = "may only be set for externally-accessible services"
            yield invalid("spec.externalTrafficPolicy", outer, why)
    elif outer not in ("Cluster", "Local"):
        yield unsupported("spec.externalTrafficPolicy", outer, ("Cluster", "Local"))
    if port and (spec.get("type") != "LoadBalancer" or outer != "Local"):
        why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield invalid("spec.healthCheckNodePort", port, why)
    elif port:
        yield from wrong("spec.healthCheckNodePort", port, content.port_number(port))
    yield from one_of(spec, "internalTrafficPolicy", "spec", ("Cluster", "Local"))
    known = ("PreferClose", *(("PreferSameZone", "PreferSameNode") if minor >= 34 else ()))
    yield from one_of(spec, "trafficDistribution", "spec", known)
