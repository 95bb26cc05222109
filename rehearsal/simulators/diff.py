"""Differences between two property bags, as paths, and the effect of an update in Pulumi's protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi.runtime.proto import provider_pb2

from rehearsal.simulators.wire import Secret, has_secret, has_unknown, plain

Path = tuple[str | int, ...]
Change = Literal["add", "delete", "update"]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[Path, Change]:
    """Each path at which the two differ. An unknown new value differs from every old value."""
    return dict(_changes(old, new, ()))


def _changes(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Change]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*old, *(name for name in new if name not in old)]:
            if name not in new:
                yield (*path, name), "delete"
            elif name not in old:
                yield (*path, name), "add"
            else:
                yield from _changes(old[name], new[name], (*path, name))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= len(new):
                yield (*path, index), "delete"
            elif index >= len(old):
                yield (*path, index), "add"
            else:
                yield from _changes(old[index], new[index], (*path, index))
    elif old != new or has_unknown(new):
        yield path, "update"


def dotted(path: Path, *, index: bool = True) -> str:
    """`a.b[0].c`; without the index `a.b[].c`, the form of a path in replacement tables."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]" if index else "[]"
        else:
            text += f".{part}" if text else part
    return text


def forces(path: Path, keys: Collection[str]) -> bool:
    """Whether a change at the path forces a replacement: a key covers its path and all paths below it."""
    return any(dotted(path[: length + 1], index=False) in keys for length in range(len(path)))


def refreshed_inputs(inputs: Any, old_outputs: Any, new_outputs: Any) -> Any:
    """The inputs with all changes between the outputs copied in: azure-native's refresh of inputs.

    Defaults that the service adds are in both outputs, so they do not count as changes
    (Read and applyDiff in pulumi-azure-native, provider/pkg/provider).
    """
    if isinstance(inputs, Mapping) and isinstance(old_outputs, Mapping) and isinstance(new_outputs, Mapping):
        result = {
            name: value for name, value in inputs.items() if name not in old_outputs or name in new_outputs
        }
        for name, value in new_outputs.items():
            if name not in old_outputs:
                result[name] = value
            elif value != old_outputs[name]:
                result[name] = (
                    refreshed_inputs(inputs[name], old_outputs[name], value) if name in inputs else value
                )
        return result
    if isinstance(inputs, list) and isinstance(old_outputs, list) and isinstance(new_outputs, list):
        return [
            refreshed_inputs(inputs[index], old_outputs[index], value)
            if index < min(len(inputs), len(old_outputs)) and value != old_outputs[index]
            else (inputs[index] if index < len(inputs) else value)
            for index, value in enumerate(new_outputs)
        ]
    return new_outputs


def pruned(live: Any, inputs: Any) -> Any:
    """The live value in the shape of the old inputs, with their secret marks.

    This is pulumi-kubernetes' refresh of inputs.

    An object keeps the names that the inputs have, a list as many items as they have (pruneMap and pruneSlice
    in pulumi-kubernetes, provider/pkg/provider/util.go; annotateSecrets in provider.go).
    """
    if isinstance(inputs, Secret):
        return inputs if live == plain(inputs) else Secret(pruned(live, plain(inputs)))
    if live == plain(inputs):
        return inputs
    if isinstance(live, Mapping) and isinstance(inputs, Mapping):
        return {name: pruned(live[name], value) for name, value in inputs.items() if name in live}
    if isinstance(live, list) and isinstance(inputs, list):
        return [pruned(item, value) for item, value in zip(live, inputs, strict=False)]
    return Secret(live) if has_secret(inputs) else live


@dataclass(frozen=True)
class Difference:
    """The effect of an update on a resource."""

    changes: Mapping[Path, Change] = field(default_factory=dict)
    replaces: frozenset[Path] = frozenset()
    delete_first: bool = False
    drifted: frozenset[Path] = frozenset()
    """Paths at which the live resource differs although the inputs have not changed."""


def response(difference: Difference) -> Any:
    kinds = provider_pb2.PropertyDiff
    plain = {"add": kinds.ADD, "delete": kinds.DELETE, "update": kinds.UPDATE}
    replacing = {"add": kinds.ADD_REPLACE, "delete": kinds.DELETE_REPLACE, "update": kinds.UPDATE_REPLACE}
    some = bool(difference.changes)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if some else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=sorted({dotted(path) for path in difference.replaces}),
        diffs=sorted({str(path[0]) for path in difference.changes}),
        deleteBeforeReplace=difference.delete_first and bool(difference.replaces),
        hasDetailedDiff=some,
        detailedDiff={
            dotted(path): kinds(
                kind=(replacing if path in difference.replaces else plain)[change],
                inputDiff=path not in difference.drifted,
            )
            for path, change in difference.changes.items()
        },
    )
