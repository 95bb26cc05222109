"""Addresses of a Service inside the cluster: ValidateServiceClusterIPsRelatedFields,
validateUpgradeDowngradeClusterIPs in kubernetes/kubernetes 1.36.3, pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    invalid,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import network
from rehearsal.simulators.shape import Failure

_FAMILIES: Final = ("IPv4", "IPv6")
_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")
_PATH: Final = "spec.clusterIPs"


def is_headless(spec: Mapping[str, Any]) -> bool:
    return texts(spec.get("clusterIPs")) == ["None"]


def address_failures(spec: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    if spec.get("type") == "ExternalName":
        return
    first, addresses, families = (
        text(spec, "clusterIP"),
        texts(spec.get("clusterIPs")),
        texts(spec.get("ipFamilies")),
    )
    if first and not addresses:
        yield required(_PATH)
    elif first and addresses[0] != first:
        yield invalid(_PATH, addresses, "first value must match `clusterIP`")
    elif addresses and not first:
        yield invalid(_PATH, addresses, "must be empty when `clusterIP` is not specified")
    for index, family in enumerate(families):
        if family not in _FAMILIES:
            yield unsupported(f"spec.ipFamilies[{index}]", family, _FAMILIES)
        if family in families[:index]:
            yield duplicate(f"spec.ipFamilies[{index}]", family)
    if (policy := spec.get("ipFamilyPolicy")) is not None and policy not in _POLICIES:
        yield unsupported("spec.ipFamilyPolicy", policy, _POLICIES)
    yield from _cluster_addresses(addresses, families, minor)


def update_failures(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:
    """A changed address; one that is left out stays (`old` holds the given one)."""
    if "ExternalName" in (new.get("type"), old.get("type")):
        return
    now, was = texts(new.get("clusterIPs")), texts(old.get("clusterIPs"))
    if now and was and now[0] != was[0]:
        yield invalid(f"{_PATH}[0]", now, "may not change once set")
    if len(now) > 1 and len(was) > 1 and now[1] != was[1]:
        yield invalid(f"{_PATH}[1]", now, "may not change once set")


def _cluster_addresses(addresses: list[str], families: list[str], minor: int) -> Iterator[Failure]:
    wrong_ones = False
    for index, address in enumerate(addresses):
        if index == 0 and address == "None":
            if len(addresses) > 1:
                wrong_ones = True
                yield invalid(_PATH, addresses, "'None' must be the first and only value")
            continue
        details = list(network.address(address, minor))
        wrong_ones = wrong_ones or bool(details)
        yield from wrong(f"{_PATH}[{index}]", address, details)
    if len(addresses) > 2:
        yield invalid(_PATH, addresses, "may only hold up to 2 values")
    if wrong_ones:
        return
    versions = [6 if ":" in address else 4 for address in addresses]
    if len(addresses) > 1 and len(set(versions)) < 2:
        yield invalid(_PATH, addresses, "may specify no more than one IP for each IP family")
    for index, (address, family) in enumerate(zip(addresses, families, strict=False)):
        if address != "None" and family in _FAMILIES and family != f"IPv{versions[index]}":
            why = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield invalid(f"{_PATH}[{index}]", address, why)
