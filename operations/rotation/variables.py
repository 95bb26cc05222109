"""Kubernetes Secrets in variables of pods: such a variable keeps its value for as long as the pod runs."""

from __future__ import annotations

from collections.abc import Iterator

from trust.nodes.fields import listed, mapping
from trust.nodes.pods import PodOwner


def reads(owners: tuple[PodOwner, ...], names: set[str]) -> bool:
    """Whether a variable has a key of one of the Secrets."""
    return any(name in names for owner in owners for name in _of_variables(owner))


def _of_variables(owner: PodOwner) -> Iterator[str]:
    for _, variable in owner.env:
        yield str(mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")).get("name"))
    for container in owner.containers:
        for source in listed(container.get("envFrom")):
            yield str(mapping(mapping(source).get("secretRef")).get("name"))
