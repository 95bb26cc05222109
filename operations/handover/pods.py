"""The parts that each pod has to carry, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from operations.errors import OperationError
from operations.handover.outputs import Outputs

Manifest = dict[str, Any]
_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
"""A workload's name, which is the name of a folder here."""


@dataclass(frozen=True)
class Target:
    """The object that deploys the pods of a workload."""

    name: str
    container: str

    @classmethod
    def parse(cls, text: str) -> tuple[str, Target]:
        """The workload and its target in ``workload=name:container``. Raises OperationError."""
        workload, _, rest = text.partition("=")
        name, _, container = rest.partition(":")
        if not workload or not name:
            raise OperationError(
                f"--target: {text!r} is no target; write WORKLOAD=NAME or WORKLOAD=NAME:CONTAINER"
            )
        return workload, cls(name, container or workload)


@dataclass(frozen=True)
class HandedOver:
    """A workload whose pods another tool deploys."""

    workload: str
    target: Target
    patch: Manifest
    """Its entry of the output ``pods``."""
    namespace: str | None
    """None: the workload reads nothing, so the output ``access`` does not tell it."""
    technique: str | None
    """None: as above."""
    secrets: Mapping[str, list[str]] = field(default_factory=dict)
    """Kubernetes Secrets that hold its values, each with its keys."""
    account_annotations: Mapping[str, str] | None = None
    """Annotations that the tool which owns the ServiceAccount gives it. None: the stack annotates it."""

    @property
    def service_account(self) -> str:
        return str(self.patch["spec"]["serviceAccountName"])

    @property
    def metadata(self) -> Manifest:
        """Labels and annotations of the pod."""
        return self.patch.get("metadata") or {}

    @property
    def container(self) -> Manifest:
        """The additions to the container, without its name."""
        (container,) = self.patch["spec"]["containers"]
        return {key: value for key, value in container.items() if key != "name"}

    @property
    def volumes(self) -> list[Manifest]:
        return self.patch["spec"].get("volumes") or []

    @property
    def pod(self) -> Manifest:
        """Metadata and spec of a pod, with the target's container."""
        spec = {**self.patch["spec"], "containers": [{"name": self.target.container, **self.container}]}
        return {**({"metadata": self.metadata} if self.metadata else {}), "spec": spec}


def is_name(text: str) -> bool:
    """Whether a workload can have this name."""
    return _NAME.fullmatch(text) is not None


def handed_over(stack: str, outputs: Outputs, targets: Mapping[str, Target]) -> list[HandedOver]:
    """The workloads of kind none. Raises OperationError if there is none, or a target names another one."""
    pods = outputs.get("pods")
    if not isinstance(pods, dict) or not pods:
        raise OperationError(
            f"stack {stack} has no output 'pods', because no workload has kind: none; set it where another "
            "tool deploys the pods, and run `pulumi up`"
        )
    if wrong := [name for name in pods if not is_name(name)]:
        raise OperationError(f"the output 'pods' names a workload {wrong[0]!r}, which is no name of one")
    if unknown := sorted(set(targets) - set(pods)):
        raise OperationError(
            f"--target: {unknown[0]!r} is no workload of kind none; name one of {', '.join(sorted(pods))}"
        )
    access = {row["workload"]: row for row in reversed(outputs.get("access") or [])}
    secrets = outputs.get("kubernetes_secrets") or {}
    accounts = outputs.get("service_accounts") or {}
    return [
        HandedOver(
            workload=name,
            target=targets.get(name) or Target(name, name),
            patch=patch,
            namespace=accounts.get(name, access.get(name, {})).get("namespace"),
            technique=access.get(name, {}).get("technique"),
            secrets=secrets.get(name) or {},
            account_annotations=accounts[name].get("annotations", {}) if name in accounts else None,
        )
        for name, patch in sorted(pods.items())
    ]
