"""Names and addresses of a pod: validatePodDNSConfig, ValidateHostAliases, validatePodHostName,
validatePodHostNetworkDeps in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    number,
    required,
    text,
    texts,
    too_long,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content, network
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.shape import Failure

_MOST_SERVERS: Final = 3
_MOST_SEARCHES: Final = 32
_LONGEST_SEARCHES: Final = 2048
_LONGEST_HOST: Final = 64


def dns_failures(spec: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    config, policy = spec.get("dnsConfig"), spec.get("dnsPolicy")
    servers, searches = (texts(mapping(config).get(name)) for name in ("nameservers", "searches"))
    if policy == "None" and config is None:
        yield required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
        return
    if policy == "None" and not servers:
        why = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        yield required(f"{path}.nameservers", why)
        return
    if len(servers) > _MOST_SERVERS:
        yield invalid(f"{path}.nameservers", servers, f"must not have more than {_MOST_SERVERS} nameservers")
    for index, server in enumerate(servers):
        yield from wrong(f"{path}.nameservers[{index}]", server, network.address(server, rules.minor))
    if len(searches) > _MOST_SEARCHES:
        yield invalid(f"{path}.searches", searches, f"must not have more than {_MOST_SEARCHES} search paths")
    if len(" ".join(searches)) > _LONGEST_SEARCHES:
        why = f"must not have more than {_LONGEST_SEARCHES} characters (including spaces) in the search list"
        yield invalid(f"{path}.searches", searches, why)
    for index, search in enumerate(searches):
        place, name = f"{path}.searches[{index}]", search.removesuffix(".")
        if not rules.relaxed_searches:
            yield from wrong(place, name, content.subdomain(name))
        elif search != ".":
            yield from wrong(place, name, content.underscored_subdomain(name))
    for index, option in enumerate(mappings(mapping(config).get("options"))):
        if not text(option, "name"):
            yield required(f"{path}.options[{index}]", "must not be empty")


def alias_failures(aliases: Any, path: str, minor: int) -> Iterator[Failure]:
    for index, alias in enumerate(mappings(aliases)):
        address = text(alias, "ip")
        yield from wrong(f"{path}[{index}].ip", address, network.address(address, minor))
        for item, name in enumerate(texts(alias.get("hostnames"))):
            yield from wrong(f"{path}[{index}].hostnames[{item}]", name, content.subdomain(name))


def host_name_failures(spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    for name in ("hostname", "subdomain"):
        if value := text(spec, name):
            yield from wrong(f"{path}.{name}", value, content.label(value))
    if not isinstance(name := spec.get("hostnameOverride"), str):
        return
    place = f"{path}.hostnameOverride"
    if spec.get("setHostnameAsFQDN") is True:
        yield forbidden(place, "may not be specified when setHostnameAsFQDN is true")
    if spec.get("hostNetwork") is True:
        yield forbidden(place, "may not be specified when hostNetwork is true")
    if len(name.encode()) > _LONGEST_HOST:
        yield too_long(place, _LONGEST_HOST)
    yield from wrong(place, name, content.subdomain(name))


def host_network_failures(spec: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    if spec.get("hostNetwork") is not True:
        return
    for index, container in enumerate(mappings(spec.get("containers"))):
        for item, port in enumerate(mappings(container.get("ports"))):
            outer, inner = number(port, "hostPort") or 0, number(port, "containerPort") or 0
            if (rules.of_pod or outer) and outer != inner:
                place = f"{path}.containers[{index}].ports[{item}].hostPort"
                yield invalid(place, outer, "must match `containerPort` when `hostNetwork` is true")


def host_port_failures(containers: list[Mapping[str, Any]], path: str) -> Iterator[Failure]:
    """checkHostPortConflicts."""
    seen: set[str] = set()
    for index, container in enumerate(containers):
        for item, port in enumerate(mappings(container.get("ports"))):
            if not (outer := number(port, "hostPort")):
                continue
            key = f"{text(port, 'protocol')}/{text(port, 'hostIP')}/{outer}"
            if key in seen:
                yield duplicate(f"{path}[{index}].ports[{item}].hostPort", key)
            seen.add(key)
