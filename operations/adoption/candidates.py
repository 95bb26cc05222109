"""The resources that a stack would create, with the id that each has if it exists.

Owns: which resources of a preview are asked for, and their ids. Deliberately not here: the question itself
(scratch.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations import arm_ids
from operations.adoption.values import UNKNOWN, has_unknown
from operations.workspace import Document, Preview

HELM_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_AZURE: Final = "azure-native:"
_KUBERNETES: Final = "kubernetes:"
_PROVIDER: Final = "pulumi:providers:"


@dataclass(frozen=True)
class Planned:
    """A resource of a preview."""

    urn: str
    goal: Mapping[str, Any]
    steps: tuple[str, ...]

    @property
    def type(self) -> str:
        return self.goal["type"]

    @property
    def name(self) -> str:
        return self.goal["name"]

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Checked inputs of a resource that would be created."""
        return self.goal.get("inputDiff", {}).get("adds") or {}

    @property
    def parent(self) -> str:
        return self.goal.get("parent", "")

    @property
    def provider(self) -> str:
        """URN of the provider; its id is unknown as long as the state has none."""
        return self.goal.get("provider", "").rpartition("::")[0]

    @property
    def is_created(self) -> bool:
        return self.steps[:1] == ("create",)

    @property
    def is_replaced(self) -> bool:
        return "replace" in self.steps

    @property
    def is_updated(self) -> bool:
        return "update" in self.steps


@dataclass(frozen=True)
class Candidate:
    """A resource that the stack would create, and the id that it has if it exists."""

    planned: Planned
    id: str
    parameters: Mapping[str, str]
    """Values of the id's path parameters, also where the program's inputs are unknown yet."""

    @property
    def inputs(self) -> dict[str, Any]:
        """The program's inputs with the path parameters, unknown values among them."""
        return {**self.planned.inputs, **self.parameters}


class Candidates:
    """The resources of one preview."""

    def __init__(self, preview: Preview, state: Document) -> None:
        self._subscription = preview.subscription
        self.planned = {
            urn: Planned(urn, plan["goal"], tuple(plan.get("steps") or ()))
            for urn, plan in preview.resources.items()
            if plan.get("goal")
        }
        self._state = {row["urn"]: row for row in state["deployment"].get("resources") or []}

    @property
    def created(self) -> list[Planned]:
        return [planned for planned in self.planned.values() if planned.is_created]

    def readable(self) -> Iterator[Candidate]:
        """Candidates that can be looked up: their id and their provider are known."""
        for planned in self.created:
            id_parameters = self._id_parameters(planned)
            if id_parameters is not None and self._is_configured(planned.provider):
                yield Candidate(planned, self._id(planned, id_parameters), id_parameters)

    def _is_configured(self, provider: str) -> bool:
        if provider in self._state:
            return True
        planned = self.planned.get(provider)
        return planned is not None and not has_unknown(dict(planned.inputs))

    def _id_parameters(self, planned: Planned) -> dict[str, str] | None:
        """Values of an Azure id's path parameters; empty for Kubernetes. None: there is no id, or not yet."""
        token = planned.type.removeprefix(_AZURE)
        if planned.type.startswith(_AZURE) and token in arm_ids.TEMPLATES:
            values = {name: self._parameter(planned, name) for name in arm_ids.parameters(token)}
            return None if None in values.values() else {n: v for n, v in values.items() if v is not None}
        # A patch writes into an object that exists, so that its create needs no help.
        if not planned.type.startswith(_KUBERNETES) or planned.type.endswith("Patch"):
            return None
        return None if UNKNOWN in self._object_name(planned) else {}

    def _parameter(self, planned: Planned, name: str) -> str | None:
        value = planned.inputs.get(name)
        if isinstance(value, str) and value != UNKNOWN:
            return value
        # The output of a resource that does not exist for the state: `vaultName` of the vault itself.
        dependencies = planned.goal.get("propertyDependencies", {}).get(name) or ()
        values = {self._own(urn).get(name) for urn in dependencies} - {None, UNKNOWN}
        return str(values.pop()) if len(values) == 1 else None

    def _own(self, urn: str) -> Mapping[str, Any]:
        """Inputs of another resource, in the state or in the preview."""
        if urn in self._state:
            return self._state[urn].get("inputs") or {}
        return self.planned[urn].inputs if urn in self.planned else {}

    @staticmethod
    def _object_name(planned: Planned) -> tuple[str, str]:
        """Namespace and name of a Kubernetes object or a Helm release."""
        inputs: Any = planned.inputs
        metadata = inputs if planned.type == HELM_RELEASE else inputs.get("metadata", {})
        return metadata.get("namespace", ""), metadata.get("name", UNKNOWN)

    def _id(self, planned: Planned, id_parameters: Mapping[str, str]) -> str:
        token = planned.type.removeprefix(_AZURE)
        if token in arm_ids.TEMPLATES:
            provider = self._own(planned.provider)
            return arm_ids.arm_id(token, id_parameters, provider.get("subscriptionId") or self._subscription)
        return "/".join(filter(None, self._object_name(planned)))


def is_provider(type_: str) -> bool:
    return type_.startswith(_PROVIDER)
