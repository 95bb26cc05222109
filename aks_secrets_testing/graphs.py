"""The graph of a build: its resources as the trust chain is read from them."""

from collections.abc import Mapping
from typing import Any

from pulumi import Output
from pulumi.output import Unknown

from aks_secrets_testing.registrations import Build, Read, Registration
from trust import UNKNOWN, Graph, Node
from trust.graph import provider_urn
from trust.values import cleaned


def graph_of(built: Build) -> Graph:
    """The resources of a build, with what the mocks have answered as their outputs."""
    made = [_made(registration, built) for registration in built.resources]
    read = [_read(resource, built) for resource in built.read_resources]
    return Graph([*made, *read], "build", outputs=_plain(built.wire_outputs or {}))


def _made(registration: Registration, built: Build) -> Node:
    id_, answered = built.answers[registration.urn]
    outputs = answered if registration.custom else built.registered_outputs.get(registration.urn, {})
    return Node(
        urn=registration.urn,
        type=registration.type,
        name=registration.name,
        id=id_ if id_ or not registration.custom else UNKNOWN,
        op="create",
        parent=registration.parent,
        provider=provider_urn(registration.provider),
        dependencies=registration.dependencies,
        inputs=_plain(registration.inputs),
        outputs=_plain(outputs),
        outputs_known=bool(id_) or not registration.custom,
        protect=registration.protect,
    )


def _read(read: Read, built: Build) -> Node:
    return Node(
        urn=read.urn,
        type=read.type,
        name=read.name,
        id=read.id,
        op="read",
        parent=read.parent,
        provider=provider_urn(read.provider),
        outputs=_plain(built.answers[read.urn][1]),
        external=True,
    )


def _plain(value: Any) -> Any:
    """Values as the engine has them: the SDK has objects of its own for what is unknown."""
    return cleaned(_without_objects(value))


def _without_objects(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_objects(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_objects(item) for item in value]
    return UNKNOWN if isinstance(value, Unknown | Output) else value
