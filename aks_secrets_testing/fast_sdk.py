"""Pulumi's SDK without what it computes for every resource and no record has: most of a build's time.

Owns: the private names of the SDK that this replaces. Each is looked up by its name, so an upgrade of Pulumi
that removes one fails at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from unittest.mock import patch

import pulumi
from pulumi import _types
from pulumi.output import Unknown, _OutputData
from pulumi.runtime import mocks, resource, rpc, settings
from pulumi.runtime.proto import alias_pb2, source_pb2
from pulumi.runtime.sync_await import _sync_await

_prepare_aliases = resource.prepare_aliases
_serialize_property, _deserialize_property = rpc.serialize_property, rpc.deserialize_property


@contextmanager
def without_unused_work() -> Iterator[None]:
    """Programs of the block compute less, and register the same.

    The URN of each alias is for engines that know no alias specs, and azure-native has 140 aliases of a
    cluster (the specs are sent as ever, each is made once). The stack trace is the position in the source
    that Pulumi Cloud shows. The URN that the SDK makes is for programs without an engine. An output of a
    resource is one future, not four and a task that waits for them; a scalar is serialized as it is; a type
    is unwrapped once. Messages for debugging are for the engine's log. No event loop has to wait for answers,
    which are at hand.
    """
    with (
        patch.object(pulumi.resource, "collapse_alias_to_urn", lambda alias, *_: alias),
        patch.object(resource, "_get_stack_trace", source_pb2.StackTrace),
        patch.object(resource, "prepare_aliases", _aliases),
        patch.object(resource, "create_urn", lambda *_: _NoUrn()),
        patch.object(rpc, "contains_unknowns", _has_unknowns),
        patch.object(rpc, "serialize_property", _serialized),
        patch.object(rpc, "deserialize_property", _deserialized),
        patch.object(_types, "unwrap_type", _unwrapped),
        patch.object(_types, "unwrap_optional_type", _unwrapped_optional),
        patch.multiple(_types, **_KNOWN_OF_A_CLASS),
        patch.object(pulumi.Output, "_track", _tracked),
        patch.object(rpc, "transfer_properties", _outputs_of),
        patch.object(mocks, "_sync_await", at_once),
        patch.object(pulumi.log, "debug", lambda *_, **__: None),
    ):
        yield


class _NoUrn:
    """The URN that no engine has answered."""

    async def future(self) -> None:
        for _ in range(_ROUNDS_OF_A_URN):
            await asyncio.sleep(0)


_ROUNDS_OF_A_URN = 8
"""Rounds of the event loop that a URN takes: resources of a build keep their order."""
_SCALARS = frozenset((str, int, float, bool, type(None)))


def _has_unknowns(value: Any) -> bool:
    """Whether a value is or contains an unknown one. Most values are scalars, and contain none."""
    if type(value) in _SCALARS:
        return False
    left, seen = [value], set[int]()
    while left:
        item = left.pop()
        if isinstance(item, Unknown):
            return True
        if isinstance(item, dict | list) and id(item) not in seen:
            seen.add(id(item))
            inner = dict.values(item) if isinstance(item, dict) else item
            left += [each for each in inner if type(each) not in _SCALARS]
    return False


class _AtHand:
    """An awaitable that is there already."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return self._value


def _serialized(value: Any, *arguments: Any, **options: Any) -> Awaitable[Any]:
    """Most values are scalars, which no kind of value has to be tried for."""
    if type(value) in _SCALARS and not options.get("return_protobuf_value"):
        return _AtHand(value)
    return _serialize_property(value, *arguments, **options)


def _deserialized(value: Any, *arguments: Any, **options: Any) -> Any:
    if type(value) in _SCALARS and value != rpc.UNKNOWN:
        return value
    return _deserialize_property(value, *arguments, **options)


def _once_each(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of types, by their identity: a hash of a union takes longer than what is saved."""
    known: dict[int, tuple[Any, Any]] = {}

    def once(kind: Any) -> Any:
        if (answer := known.get(id(kind))) is None:
            answer = known[id(kind)] = kind, function(kind)  # an object that is kept has its identity alone
        return answer[1]

    return once


_KNOWN_OF_A_CLASS: dict[str, Any] = {
    name: cache(getattr(_types, name))
    for name in (
        "input_type_py_to_pulumi_names",
        "input_type_types",
        "output_type_types",
        "resource_pulumi_to_py_names",
        "resource_types",
    )
}
_unwrapped = _once_each(_types.unwrap_type)
_unwrapped_optional = _once_each(_types.unwrap_optional_type)


def _tracked(output: Any) -> None:
    """The program waits for outputs that are not there yet."""
    data: asyncio.Future[Any] = output._data
    if not data.done() or data.cancelled() or data.exception() is not None:
        every_setting: Any = settings.SETTINGS
        waiting: set[asyncio.Future[Any]] = every_setting.outputs
        waiting.add(data)
        data.add_done_callback(partial(_no_more_tracked, waiting))


def _no_more_tracked(waiting: "set[asyncio.Future[Any]]", data: "asyncio.Future[Any]") -> None:
    """One that has failed stays: the end of the program looks at it."""
    if not data.cancelled() and data.exception() is None:
        waiting.discard(data)


def _outputs_of(made: Any, properties: Mapping[str, Any], custom: bool) -> dict[str, Callable[..., None]]:
    """The outputs of a resource, and by name what resolves each."""
    resolvers: dict[str, Callable[..., None]] = {}
    for name in properties:
        if name != "urn" and (name != "id" or not custom):
            data: asyncio.Future[Any] = asyncio.Future()
            resolvers[name] = partial(resolve_output, made, data)
            made.__dict__[name] = pulumi.Output._from_data(data)
    return resolvers


def resolve_output(
    made: Any,
    data: "asyncio.Future[Any]",
    value: Any,
    known: bool,
    secret: bool,
    dependencies: Any,
    failure: Exception | None,
) -> None:
    if failure is not None:
        data.set_exception(failure)
    else:
        resources = {*(dependencies or ()), made}
        data.set_result(_OutputData(resources=resources, value=value, is_known=known, is_secret=secret))


def at_once(awaitable: Awaitable[Any]) -> Any:
    """The result of an answer's serialization, which waits for nothing; of anything else, the SDK's way."""
    if not isinstance(awaitable, Coroutine) or awaitable.__name__ != "serialize_properties":
        return _sync_await(awaitable)
    try:
        awaitable.send(None)
    except StopIteration as result:
        return result.value
    raise AssertionError("an answer of a mock waits for something: mocks return plain values")


_of_types: dict[str, alias_pb2.Alias] = {}


async def _aliases(registered: Any, options: Any, supports_specs: bool) -> list[alias_pb2.Alias]:
    """The aliases of a resource. One that names a former type is the same for every resource."""
    aliases: list[alias_pb2.Alias] = []
    for alias in (options and options.aliases) or ():
        type_ = _only_type(alias)
        if type_ is None or type_ not in _of_types:
            alone = pulumi.ResourceOptions(aliases=[alias])
            made = await _prepare_aliases(registered, alone, supports_specs)
            if type_ is None:
                aliases += made
                continue
            _of_types[type_] = made[0]
        aliases.append(_of_types[type_])
    return aliases


def _only_type(alias: Any) -> str | None:
    """The type of an alias that says nothing else, as those of the provider SDKs."""
    if isinstance(alias, pulumi.Alias) and isinstance(alias.type_, str):
        others = (alias.name, alias.parent, alias.stack, alias.project)
        return alias.type_ if all(other is ... for other in others) else None
    return None
