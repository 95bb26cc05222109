"""Azure as a ``--cloud`` file describes it: what existed before the stack, read by the simulated Azure.

A resource that the stack makes itself is answered by the mocks. One that it adopts is read from the file, and
one that is not in the file does not exist.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi

from aks_secrets_testing.answers import PROJECT, Answer, Cloud, RpcFailure
from aks_secrets_testing.registrations import Build
from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.provider import Call, ProviderError
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.seed_stacks import seeded_stacks
from rehearsal.simulators.wire import plain
from rehearsal.simulators.world import World

READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's function behind StackReference: pulumi, pkg/resource/deploy/builtins.go."""


def outputs_in(seed: Any) -> Callable[[Mapping[str, Any]], Mapping[str, Any] | Exception]:
    """Another stack as the engine reads it, by the arguments of the function. The seed has to hold it."""
    stacks = seeded_stacks(seed)

    def answer(arguments: Mapping[str, Any]) -> Mapping[str, Any] | Exception:
        name = str(arguments["name"])
        for stack in stacks:
            if stack.is_named(name, PROJECT):
                outputs = {**stack.outputs, **stack.secret_outputs}
                return {"name": name, "outputs": outputs, "secretOutputNames": sorted(stack.secret_outputs)}
        return Exception(f'unknown stack "{name}"')

    return answer


class _UnsavedWorld(World):
    """A world for one build: its folder goes with the build."""

    def changed(self) -> None:
        """Nothing is saved."""


class ExistingCloud(Cloud):
    """Answers for a stack, given what exists. Resources that the stack makes get ARM ids, as in Azure."""

    def __init__(
        self,
        seed: Any,
        folder: Path,
        built: Build,
        platform: Build | None,
        preview: bool,
        answers: Mapping[str, Answer] | None = None,
    ) -> None:
        """``built`` holds what the stack makes, ``platform`` what another one has made before.

        Raises SeedError for a seed that is wrong.
        """
        super().__init__(preview, answers)
        self._built = built
        self._answered = frozenset(answers or ())
        self._azure = AzureProvider(_UnsavedWorld(folder))
        apply_seed(self._azure.world, seed)
        self._outputs_of = outputs_in(seed)
        if platform is not None:
            apply_seed(self._azure.world, {"azure": list(_made_before(platform))})

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        row = TYPES.get(args.typ)
        if row is None or args.typ in self._answered:
            return super().new_resource(args)
        if args.resource_id:
            return args.resource_id, self._read(args) or super().new_resource(args)[1]
        id_, state = super().new_resource(args)
        return (row.id(args.inputs, self._subscription(args.provider)) if id_ else id_), state

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        is_the_engines = args.token.startswith("pulumi:")
        if args.token == READ_OUTPUTS and args.token not in self._answered:
            outputs = self._outputs_of(args.args)
            if isinstance(outputs, Exception):
                raise RpcFailure(str(outputs))
            return dict(outputs), []
        if is_the_engines or args.token in self._answered or self._is_about_a_made_resource(args):
            return super().call(args)
        subscription = self._subscription(args.provider)
        self._azure.configure(subscription, {"azure-native:config:subscriptionId": subscription})
        try:
            return plain(self._azure.invoke(args.token, dict(args.args), subscription)), []
        except ProviderError as error:
            raise RpcFailure(f"invocation of {args.token} returned an error: {error}") from None

    def _read(self, args: pulumi.runtime.MockResourceArgs) -> dict[str, Any] | None:
        """The outputs of what is read by its id. None: the stack makes it."""
        id_ = str(args.resource_id)
        urn = f"urn:pulumi:{PROJECT}::{PROJECT}::{args.typ}::{args.name}"
        if live := self._azure.read(Call(urn=urn, connection="", id=id_)):
            return plain(live[1])
        if self._is_made(args.typ, id_):
            return None
        raise RpcFailure(f"resource '{id_}' does not exist")

    def _is_about_a_made_resource(self, args: pulumi.runtime.MockCallArgs) -> bool:
        match = re.fullmatch(r"(azure-native:\w+:)(?:get|list)(\w+)", args.token)
        of_cluster = match is not None and match[2].endswith("Credentials")
        token = match[1] + ("ManagedCluster" if of_cluster else match[2]) if match else ""
        subscription = self._subscription(args.provider)
        return token in TYPES and self._is_made(token, TYPES[token].id(args.args, subscription))

    def _is_made(self, token: str, id_: str) -> bool:
        """Whether the stack makes the resource itself."""
        return any(
            TYPES[token].id(resource.plain(), self._subscription(resource.provider)).lower() == id_.lower()
            for resource in self._built.resources
            if resource.type == token
        )

    def _subscription(self, provider: str | None) -> str:
        """The subscription of a provider, by its reference. The default provider has that of ``pulumi``."""
        urn = (provider or "").rpartition("::")[0]
        made = next((resource for resource in self._built.resources if resource.urn == urn), None)
        return str(made.plain().get("subscriptionId") or arm.SUBSCRIPTION) if made else arm.SUBSCRIPTION


def _made_before(platform: Build) -> Iterator[dict[str, Any]]:
    """The resources of the platform that a stack of workloads looks up, as entries of a seed."""
    for kind in ("ResourceGroup", "UserAssignedIdentity", "Vault", "ManagedCluster"):
        for resource in platform.of_type(kind):
            inputs = dict(resource.plain())
            id_ = TYPES[resource.type].id(inputs, arm.SUBSCRIPTION)
            if isinstance(assigned := inputs.get("identity", {}).get("userAssignedIdentities"), list):
                # ARM answers with a map: https://learn.microsoft.com/rest/api/aks/managed-clusters/get
                inputs["identity"] |= {"userAssignedIdentities": {name: {} for name in assigned}}
            yield {"id": id_, **inputs}
