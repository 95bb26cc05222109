"""Registrations of a program: one record per resource, as the engine would have got it.

The recorder fails where Pulumi's own mocks stay silent: on a second resource of one URN, on a property that
the SDK does not know, and on a required input that vanished because the output it came from was not there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

from aks_secrets_testing.answers import SECRET, declared_type
from rehearsal.simulators import sdk_schema


@dataclass(frozen=True)
class Registration:
    """One resource as the engine would have got it."""

    type: str
    name: str
    urn: str
    custom: bool
    inputs: Mapping[str, Any]
    """Wire names; secrets as they are, see ``is_secret``."""
    parent: str
    provider: str
    dependencies: tuple[str, ...]
    aliases: tuple[Any, ...]
    protect: bool
    deleted_with: str
    ignore_changes: tuple[str, ...]
    import_id: str
    timeouts: tuple[str, str]
    """For create and update; empty is the provider's default."""
    replace_on_changes: tuple[str, ...]
    retain_on_delete: bool
    version: str
    """Version of the provider's package."""

    def is_secret(self, property_name: str) -> bool:
        """Whether the engine would encrypt this property."""
        value = self.inputs.get(property_name)
        return isinstance(value, dict) and SECRET in value

    def plain(self) -> Any:
        """The inputs with the marks of secrets taken off."""
        return _plain(self.inputs)


@dataclass(frozen=True)
class Read:
    """One resource that the program reads and does not make."""

    type: str
    name: str
    urn: str
    id: str
    parent: str
    provider: str


@dataclass
class Build:
    """Everything that a program registered."""

    resources: list[Registration] = field(default_factory=list)
    registered_outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """URN of a component → what it registered as its outputs."""
    outputs: Any = None
    """The program's return value, resolved."""
    read: list[tuple[str, str]] = field(default_factory=list)
    """Type and id of each resource that was read and not made."""
    read_resources: list[Read] = field(default_factory=list)
    answers: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """URN of a resource → its id and outputs, as the mocks have answered; secrets as they are on the wire."""
    wire_outputs: Any = None
    """The program's return value as the engine would have got it, with its marks of secrets and unknowns."""
    warnings: list[str] = field(default_factory=list)
    """The program's warnings, in the words that ``pulumi up`` prints."""

    def of_type(self, suffix: str) -> list[Registration]:
        """Every registration whose type ends in ``:<suffix>``."""
        return [resource for resource in self.resources if resource.type.endswith(f":{suffix}")]

    def single(self, suffix: str, name: str | None = None) -> Registration:
        """The only registration of a type (and name)."""
        matches = [r for r in self.of_type(suffix) if name is None or r.name == name]
        assert len(matches) == 1, (
            f"{len(matches)} of type {suffix} {name or ''}: {[r.name for r in self.resources]}"
        )
        return matches[0]


class Recorder(mocks.MockMonitor):
    """Keeps what plain mocks throw away."""

    def __init__(self, answers: pulumi.runtime.Mocks, build: Build) -> None:
        super().__init__(answers)
        self._build = build
        self._urns: set[str] = set()

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return super().RegisterResource(request)
        if urn in self._urns:
            raise AssertionError(f"two resources have one URN: {urn}")
        self._urns.add(urn)
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        if request.custom:
            _check_shape(request.type, request.name, _plain(inputs))
        self._build.resources.append(
            Registration(
                type=request.type,
                name=request.name,
                urn=urn,
                custom=request.custom,
                inputs=inputs,
                parent=request.parent,
                provider=request.provider,
                dependencies=tuple(sorted(set(request.dependencies))),
                aliases=tuple(request.aliases),
                protect=request.protect,
                deleted_with=request.deletedWith,
                ignore_changes=tuple(request.ignoreChanges),
                import_id=request.importId,
                replace_on_changes=tuple(request.replaceOnChanges),
                retain_on_delete=request.retainOnDelete,
                version=request.version,
                timeouts=(request.customTimeouts.create, request.customTimeouts.update),
            )
        )
        known = rpc.deserialize_properties(request.object) if rpc.contains_unknowns(inputs) else inputs
        arguments = mocks.MockResourceArgs(
            request.type, request.name, known, request.provider, request.importId, request.custom
        )
        id_, state = self.mocks.new_resource(arguments)
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, id_ or "", state)
        self._build.answers[urn] = (id_ or "", state)
        response: Any = resource_pb2.RegisterResourceResponse  # without_wire() has it take a dictionary
        return response(urn=urn, id=id_, object=state)

    def ReadResource(self, request: Any) -> Any:
        self._build.read.append((request.type, request.id))
        response = super().ReadResource(request)
        self._build.read_resources.append(
            Read(
                type=request.type,
                name=request.name,
                urn=response.urn,
                id=request.id,
                parent=request.parent,
                provider=request.provider,
            )
        )
        answer = self.resources[response.urn]
        self._build.answers[response.urn] = (answer.id, answer.state)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self._build.registered_outputs[request.urn] = rpc.deserialize_properties(
            request.outputs, keep_unknowns=True
        )
        return super().RegisterResourceOutputs(request)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if SECRET in value:
            return _plain(value.get("value"))
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _check_shape(token: str, name: str, inputs: Mapping[str, Any]) -> None:
    declared = declared_type(token)
    if declared is not None:
        problems = list(_shape_problems(declared.inputs, inputs, ""))
        assert not problems, f"{token} {name}: {'; '.join(problems)}"


def _shape_problems(
    properties: Mapping[str, sdk_schema.Property], value: Mapping[str, Any], path: str
) -> Iterator[str]:
    for key in value:
        if key not in properties:
            yield f"the SDK knows no property {path}{key}"
    for key, declared in properties.items():
        inner = value.get(key)
        if declared.required and inner is None:
            yield f"required {path}{key} is missing (did a mock not return the output it comes from?)"
        if declared.shape.kind == "object" and isinstance(inner, dict):
            yield from _shape_problems(declared.shape.properties, inner, f"{path}{key}.")
        elif (
            declared.shape.kind == "list"
            and isinstance(inner, list)
            and declared.shape.item
            and declared.shape.item.kind == "object"
        ):
            for index, item in enumerate(inner):
                if isinstance(item, dict):
                    yield from _shape_problems(declared.shape.item.properties, item, f"{path}{key}[{index}].")
