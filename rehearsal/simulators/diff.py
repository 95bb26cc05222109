"""Differences between two property bags, as paths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

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
