"""A first update without an engine: the program on mocks, and the simulated providers answer in its process.

It takes some hundredths of a second, so it tries many settings. Deliberately not here: previews, diffs,
states and the order of the engine; the mocks register one resource after another.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from aks_secrets_testing.answers import SECRET, Cloud, RpcFailure
from aks_secrets_testing.builds import build
from aks_secrets_testing.existing import READ_OUTPUTS, outputs_in
from aks_secrets_testing.stacks import as_config
from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.kubernetes.provider.provider import KubernetesProvider
from rehearsal.simulators.provider import Call, ProviderError, SimulatedProvider
from rehearsal.simulators.random import RandomProvider
from rehearsal.simulators.seed import add_deployer, apply_seed
from rehearsal.simulators.wire import SECRET as MARK
from rehearsal.simulators.wire import Secret, plain
from rehearsal.simulators.world import World
from stacks import STACKS
from stacks.settings import load


def refusal_of_up(settings: Mapping[str, Any], seed: Any = None) -> str:
    """The first refusal of a first update with these settings, by the program or by what it writes to. Empty:
    everything is made.
    """
    config = as_config(settings)

    async def program() -> Any:
        loaded = load()
        return await STACKS[loaded.composition](loaded)

    with tempfile.TemporaryDirectory() as folder:
        cloud = _Cloud(Path(folder), seed, str(settings.get("azure-native:location", "")))
        try:
            secret_keys = tuple(key for key in config if key.startswith("secret-values:"))
            build(program, config=config, secret_keys=secret_keys, cloud=cloud)
        except pulumi.RunError as error:
            return str(error)
        except Exception:
            if not cloud.refusals:
                raise  # a defect, which a test has to show
    return next(iter(cloud.refusals), "")


class _UnsavedWorld(World):
    def changed(self) -> None:
        """Nothing is saved."""


class _Cloud(Cloud):
    def __init__(self, folder: Path, seed: Any, location: str) -> None:
        super().__init__(preview=False)
        world = _UnsavedWorld(folder)
        add_deployer(world)
        apply_seed(world, seed)
        azure = AzureProvider(world)
        azure.shortest_write = 0.0  # one thread writes: nothing can overlap
        azure.configure("", {"azure-native:config:location": location})
        self._providers: Mapping[str, SimulatedProvider] = {
            provider.package: provider for provider in (azure, KubernetesProvider(world), RandomProvider())
        }
        self._outputs_of = outputs_in(seed or {})
        self.refusals: list[str] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = _from_wire(args.inputs)
        if args.typ.startswith("pulumi:providers:"):
            package = args.typ.rpartition(":")[2]
            texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in plain(inputs).items()}
            prefixed = {f"{package}:config:{name}": text for name, text in texts.items()}
            self._providers[package].configure(args.name, prefixed)
            return args.name, args.inputs
        if args.typ == "pulumi:pulumi:StackReference":
            return str(args.inputs["name"]), {"name": args.inputs["name"], **self._outputs(args.inputs)}
        provider = self._providers.get(args.typ.partition(":")[0])
        if provider is None or not args.custom:
            return super().new_resource(args)
        urn = f"urn:pulumi:dev::aks-secrets::{args.typ}::{args.name}"
        call = Call(urn=urn, connection=_connection(args.provider), inputs=inputs, id=args.resource_id or "")
        if args.resource_id:
            answer = provider.read(call)
            if answer is None:
                raise RpcFailure(f"resource '{args.resource_id}' does not exist")
            return answer[0], _to_wire(answer[1])
        try:
            id_, outputs = _created(provider, call)
        except ProviderError as error:
            self.refusals.append(f"{args.typ} {args.name}: {error}")
            raise RpcFailure(str(error)) from None
        return id_, _to_wire(outputs)

    def _outputs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        outputs = self._outputs_of(arguments)
        if isinstance(outputs, Exception):
            self.refusals.append(f"a stack cannot be read: {outputs}")
            raise RpcFailure(str(outputs))
        return dict(outputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token == READ_OUTPUTS:
            return self._outputs(args.args), []
        if args.token.startswith("pulumi:"):
            return super().call(args)
        azure = self._providers["azure-native"]
        try:
            answer = azure.invoke(args.token, dict(_from_wire(args.args)), _connection(args.provider))
        except ProviderError as error:
            raise RpcFailure(f"invocation of {args.token} returned an error: {error}") from None
        return plain(answer), []


def _created(provider: SimulatedProvider, call: Call) -> tuple[str, dict[str, Any]]:
    seed = hashlib.sha256(call.urn.encode()).digest()
    checked, failures = provider.check(
        Call(urn=call.urn, connection=call.connection, inputs=call.inputs, seed=seed)
    )
    if failures:
        raise ProviderError("; ".join(failure.reason for failure in failures))
    return provider.create(Call(urn=call.urn, connection=call.connection, inputs=checked))


def _connection(provider: str | None) -> str:
    """The name of a provider, from its reference; empty for the default one."""
    return (provider or "").rpartition("::")[2]


def _from_wire(value: Any) -> Any:
    if isinstance(value, dict):
        if SECRET in value:
            return Secret(_from_wire(value.get("value")))
        return {name: _from_wire(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_from_wire(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _to_wire(value: Any) -> Any:
    if isinstance(value, Secret):
        return {SECRET: MARK, "value": _to_wire(value.value)}
    if isinstance(value, dict):
        return {name: _to_wire(item) for name, item in value.items() if item is not None}
    return [_to_wire(item) for item in value] if isinstance(value, list | tuple) else value
