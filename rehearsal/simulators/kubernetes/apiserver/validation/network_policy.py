"""NetworkPolicies: ValidateNetworkPolicySpec and what it calls in kubernetes/kubernetes 1.36.3,
pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
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
from rehearsal.simulators.kubernetes.apiserver.validation import content, network
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import selector_failures
from rehearsal.simulators.shape import Failure

_DIRECTIONS: Final = (("ingress", "from"), ("egress", "to"))
_TYPES: Final = ("Ingress", "Egress")
_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")


def network_policy_failures(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    return policy_failures(manifest, minor, frozenset())


def policy_failures(manifest: Mapping[str, Any], minor: int, known: frozenset[str]) -> Iterator[Failure]:
    """Problems of a policy; the ranges in `known` are in the one that it replaces."""
    spec = mapping(manifest.get("spec"))
    yield from selector_failures(spec.get("podSelector"), "spec.podSelector")
    for direction, peers in _DIRECTIONS:
        for index, rule in enumerate(mappings(spec.get(direction))):
            path = f"spec.{direction}[{index}]"
            for item, port in enumerate(mappings(rule.get("ports"))):
                yield from _port(port, f"{path}.ports[{item}]")
            for item, peer in enumerate(mappings(rule.get(peers))):
                yield from _peer(peer, f"{path}.{peers}[{item}]", minor, known)
    types = texts(spec.get("policyTypes"))
    if len(types) > len(_TYPES):
        yield invalid("spec.policyTypes", types, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(types):
        if kind not in _TYPES:
            yield unsupported(f"spec.policyTypes[{index}]", kind, _TYPES)


def ranges_of(manifest: Mapping[str, Any]) -> frozenset[str]:
    """All ranges that a policy names."""
    spec = mapping(manifest.get("spec"))
    blocks = [
        mapping(peer.get("ipBlock"))
        for direction, peers in _DIRECTIONS
        for rule in mappings(spec.get(direction))
        for peer in mappings(rule.get(peers))
    ]
    ranges = (range_ for block in blocks for range_ in (text(block, "cidr"), *texts(block.get("except"))))
    return frozenset(filter(None, ranges))


def _port(port: Mapping[str, Any], path: str) -> Iterator[Failure]:
    yield from one_of(port, "protocol", path, _PROTOCOLS)
    first, last, place = port.get("port"), number(port, "endPort"), f"{path}.endPort"
    if isinstance(first, int):
        yield from wrong(f"{path}.port", first, content.port_number(first))
        if last is not None:
            if last < first:
                yield invalid(place, first, "must be greater than or equal to `port`")
            yield from wrong(place, last, content.port_number(last))
    elif isinstance(first, str):
        if last is not None:
            yield invalid(place, last, "may not be specified when `port` is non-numeric")
        yield from wrong(f"{path}.port", first, content.port_name(first))
    elif last is not None:
        yield invalid(place, last, "may not be specified when `port` is not specified")


def _peer(peer: Mapping[str, Any], path: str, minor: int, known: frozenset[str]) -> Iterator[Failure]:
    for name in ("podSelector", "namespaceSelector"):
        yield from selector_failures(peer.get(name), f"{path}.{name}")
    kinds = [name for name in ("podSelector", "namespaceSelector", "ipBlock") if name in peer]
    if "ipBlock" in kinds:
        yield from _block(mapping(peer["ipBlock"]), f"{path}.ipBlock", minor, known)
    if not kinds:
        yield required(path, "must specify a peer")
    elif len(kinds) > 1 and "ipBlock" in kinds:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _block(block: Mapping[str, Any], path: str, minor: int, known: frozenset[str]) -> Iterator[Failure]:
    """ValidateIPBlock."""
    if not (whole := text(block, "cidr")):
        yield required(f"{path}.cidr")
        return
    if whole not in known:
        yield from wrong(f"{path}.cidr", whole, network.range_(whole, minor))
    outer = network.parse_range(whole)
    for index, part in enumerate(texts(block.get("except")) if outer else ()):
        place = f"{path}.except[{index}]"
        if part not in known:
            yield from wrong(place, part, network.range_(part, minor))
        inner = network.parse_range(part)
        if inner and outer and not _is_strict_part(inner, outer):
            yield invalid(place, part, "must be a strict subset of `cidr`")


def _is_strict_part(inner: network.Range, outer: network.Range) -> bool:
    same = inner.version == outer.version and inner.network_address in outer
    return same and outer.prefixlen < inner.prefixlen
