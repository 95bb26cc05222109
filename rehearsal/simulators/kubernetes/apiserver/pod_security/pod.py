"""A pod as the checks of Pod Security see it, and the parts of their messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings, masked


@dataclass(frozen=True)
class Subject:
    """A pod and the minor version of the standard that it has to meet."""

    annotations: Mapping[str, Any]
    spec: Mapping[str, Any]
    minor: int

    @property
    def context(self) -> Mapping[str, Any]:
        return mapping(self.spec.get("securityContext"))

    @property
    def is_windows(self) -> bool:
        return mapping(self.spec.get("os")).get("name") == "windows"

    @property
    def has_own_users(self) -> bool:
        """Whether the pod has a user namespace, which relaxes some checks since 1.35.

        Source: relaxPolicyForUserNamespacePod.
        """
        return self.minor >= 35 and self.spec.get("hostUsers") is False

    def containers(self) -> Iterator[Mapping[str, Any]]:
        for kind in ("initContainers", "containers", "ephemeralContainers"):
            yield from mappings(self.spec.get(kind))

    def where(self, fails: Callable[[Mapping[str, Any]], bool]) -> list[Any]:
        """Names of the containers whose security context fails the check."""
        return [container.get("name") for container in self.containers() if fails(context(container))]

    def settings(self, name: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        """Each setting of this name in a security context, with the container's name.

        None: the pod's own context.
        """
        if name in self.context:
            yield None, mapping(self.context[name])
        for container in self.containers():
            if name in context(container):
                yield container.get("name"), mapping(context(container)[name])


def context(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(container.get("securityContext"))


def quoted(items: Iterable[Any]) -> str:
    return ", ".join(f'"{masked(item)}"' for item in items)


def ordered(items: Iterable[Any]) -> list[str]:
    """The items sorted and without duplicates."""
    return sorted({str(masked(item)) for item in items})


def counted(noun: str, items: list[Any]) -> str:
    """`container "a"`, `containers "a", "b"`."""
    return f"{noun}{'' if len(items) == 1 else 's'} {quoted(items)}"


def setters(names: Iterable[Any]) -> str:
    """`pod`, `container "a"`, `pod and containers "a", "b"`: None is the pod."""
    setting = list(names)
    containers = [name for name in setting if name is not None]
    return " and ".join(
        (["pod"] if len(containers) < len(setting) else [])
        + ([counted("container", containers)] if containers else [])
    )
