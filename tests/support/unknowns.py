"""Previews of a resource whose inputs are not known yet, asked of the simulated providers without an engine.

Before the engine replaces a resource whose old instance goes first, it asks the provider of every dependent
whether that has to be replaced too, with each property that depends on the old instance unknown as a whole
(calculateDependentReplacements in pulumi, pkg/resource/deploy/step_generator.go). A preview then goes on with
single values unknown, at any depth.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.diff import Path as Steps
from rehearsal.simulators.diff import dotted
from rehearsal.simulators.kubernetes.provider.provider import KubernetesProvider
from rehearsal.simulators.provider import Call, Properties, SimulatedProvider
from rehearsal.simulators.random import RandomProvider
from rehearsal.simulators.wire import SECRET, SIGNATURE, UNKNOWN, Secret
from rehearsal.simulators.world import World

_CONSTANT = ("apiVersion", "kind")
"""Inputs that no program gets from another resource."""


def providers(folder: Path) -> Mapping[str, SimulatedProvider]:
    """Package → its simulated provider, on an empty cloud."""
    world = World(folder)
    all_: tuple[SimulatedProvider, ...] = (AzureProvider(world), KubernetesProvider(world), RandomProvider())
    for provider in all_:
        provider.configure("test", {"azure-native:config:location": "westeurope"})
    return {provider.package: provider for provider in all_}


def failed_previews(
    resources: Iterable[tuple[str, Mapping[str, Any]]], providers: Mapping[str, SimulatedProvider]
) -> dict[str, str]:
    """Type and path of each value that a simulated provider cannot stand unknown, with its error.

    ``resources``: URN and inputs of each resource. One resource of a type is enough for each path.
    """
    failed: dict[str, str] = {}
    seen: set[tuple[str | int, ...]] = set()
    for urn, registered in resources:
        token, inputs = urn.split("::")[2].rsplit("$", 1)[-1], _as_wire(registered)
        engine = _Engine(providers[token.split(":", 1)[0]], urn, inputs)
        variants = {(): _all_unknown(inputs)} | {path: _unknown_at(inputs, path) for path in _places(inputs)}
        for path, unknown in variants.items():
            place = (token, *(step if isinstance(step, str) else 0 for step in path))
            if place not in seen:
                seen.add(place)
                try:
                    engine.preview(unknown)
                except Exception as error:  # all of them are to be shown at once
                    failed[f"{token} {dotted(path)}"] = f"{type(error).__name__}: {error}"
    assert seen
    return failed


def _as_wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            # A state holds it encrypted.
            return Secret(_as_wire(value["value"]) if "value" in value else UNKNOWN)
        return {name: _as_wire(item) for name, item in value.items()}
    return [_as_wire(item) for item in value] if isinstance(value, list) else value


def _places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """The path of every value below, but for constants."""
    if path:
        yield path
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, Mapping):
        for name in value:
            if path or name not in _CONSTANT:
                yield from _places(value[name], (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*path, index))


def _unknown_at(value: Any, path: Steps) -> Any:
    """The value with an unknown one at the path."""
    if not path:
        return UNKNOWN
    if isinstance(value, Secret):
        return Secret(_unknown_at(value.value, path))
    first, *rest = path
    if isinstance(value, list):
        return [_unknown_at(item, tuple(rest)) if i == first else item for i, item in enumerate(value)]
    return {n: _unknown_at(item, tuple(rest)) if n == first else item for n, item in value.items()}


def _all_unknown(inputs: Properties) -> Properties:
    return {name: value if name in _CONSTANT else UNKNOWN for name, value in inputs.items()}


class _Engine:
    """The requests of the engine to a provider about one resource in a preview."""

    def __init__(self, provider: SimulatedProvider, urn: str, inputs: Properties) -> None:
        self._provider, self._urn = provider, urn
        self._old = self._check(inputs)

    def preview(self, unknown: Properties) -> None:
        """As a dependent of what is replaced; then as replaced, as updated, and as new."""
        self._provider.diff(self._call(unknown))
        checked = self._check(unknown, olds=self._old)
        self._provider.diff(self._call(checked))
        self._provider.update(self._call(checked, preview=True))
        self._provider.create(self._call(self._check(unknown), preview=True))

    def _check(self, inputs: Properties, **more: Any) -> Properties:
        call = Call(urn=self._urn, connection="test", inputs=inputs, seed=b"\x01\x02\x03\x04", **more)
        checked, failures = self._provider.check(call)
        assert failures == []
        return checked

    def _call(self, inputs: Properties, **more: Any) -> Call:
        olds: dict[str, Any] = {"old_inputs": self._old, "olds": self._old}
        return Call(urn=self._urn, connection="test", id="some/id", inputs=inputs, **olds, **more)
