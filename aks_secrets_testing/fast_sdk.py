"""Pulumi's SDK without what it computes for every resource and no record has: most of a build's time.

Owns: the private names of the SDK that this replaces. Each is looked up by its name, so an upgrade of Pulumi
that removes one fails at once.
"""

from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pulumi
from pulumi.runtime import mocks, resource, rpc
from pulumi.runtime.proto import alias_pb2, source_pb2
from pulumi.runtime.sync_await import _sync_await

_contains_unknowns, _prepare_aliases = rpc.contains_unknowns, resource.prepare_aliases


@contextmanager
def without_unused_work() -> Iterator[None]:
    """Programs of the block compute less, and register the same.

    The URN of each alias is for engines that know no alias specs, and azure-native has 140 aliases of a
    cluster (the specs are sent as ever, each is made once). The stack trace is the position in the source
    that Pulumi Cloud shows. Messages for debugging are for the engine's log. No event loop has to wait for
    answers, which are at hand.
    """
    with (
        patch.object(pulumi.resource, "collapse_alias_to_urn", lambda alias, *_: alias),
        patch.object(resource, "_get_stack_trace", source_pb2.StackTrace),
        patch.object(resource, "prepare_aliases", _aliases),
        patch.object(rpc, "contains_unknowns", _has_unknowns),
        patch.object(mocks, "_sync_await", _at_once),
        patch.object(pulumi.log, "debug", lambda *_, **__: None),
    ):
        yield


_SCALARS = frozenset((str, int, float, bool, type(None)))


def _has_unknowns(value: Any) -> bool:
    """Most values are scalars, which need no set of what was looked at."""
    return type(value) not in _SCALARS and _contains_unknowns(value)


def _at_once(awaitable: Awaitable[Any]) -> Any:
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
