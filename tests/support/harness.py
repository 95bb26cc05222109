"""Building components under Pulumi's mocks, and looking at what was registered.

``build`` runs a program and returns a ``Build``: every registration with its inputs, parent, dependencies, provider and options, as the
engine would have got them. It fails where plain mocks stay silent: on a second resource of one URN, on an invoke that nobody answers, and
on a required input that vanished because the output it came from was not there. Every output property that the SDK declares has a
stand-in, so none is forgotten.

Build inside the test, never in a fixture: a failure there would be swallowed (pulumi.runtime.test clears what is pending first).
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
import pulumi
from pulumi.runtime import mocks, rpc

from rehearsal.simulators import sdk_schema

PROJECT, STACK = "aks-secrets", "dev"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
DEPLOYER = "dddddddd-3333-3333-3333-333333333333"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/44444444-4444-4444-4444-444444444444/"

_SECRET = "4dabf18193072939515e22adb298388d"  # Pulumi's mark on a secret value on the wire


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
    """Of the provider's package."""

    def is_secret(self, property_name: str) -> bool:
        """Whether the engine would encrypt this property."""
        value = self.inputs.get(property_name)
        return isinstance(value, dict) and _SECRET in value

    def plain(self) -> Any:
        """The inputs with the marks of secrets taken off."""
        return _plain(self.inputs)


@dataclass
class Build:
    """What a program registered."""

    resources: list[Registration] = field(default_factory=list)
    registered_outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """URN of a component → what it registered as its outputs."""
    outputs: Any = None
    """What the program returned, resolved."""
    read: list[tuple[str, str]] = field(default_factory=list)
    """Type and id of each resource that was read and not made."""

    def of_type(self, suffix: str) -> list[Registration]:
        """Every registration whose type ends in ``:<suffix>``."""
        return [found for found in self.resources if found.type.endswith(f":{suffix}")]

    def one(self, suffix: str, name: str | None = None) -> Registration:
        """The one registration of a type (and name)."""
        found = [r for r in self.of_type(suffix) if name is None or r.name == name]
        assert len(found) == 1, (
            f"{len(found)} of type {suffix} {name or ''}: {[r.name for r in self.resources]}"
        )
        return found[0]


class Recorder(mocks.MockMonitor):
    """Keeps what plain mocks throw away."""

    def __init__(self, answers: pulumi.runtime.Mocks, build: Build) -> None:
        super().__init__(answers)
        self._build = build

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return super().RegisterResource(request)
        if any(known.urn == urn for known in self._build.resources):
            raise AssertionError(f"two resources have one URN: {urn}")
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
        return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:
        self._build.read.append((request.type, request.id))
        return super().ReadResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self._build.registered_outputs[request.urn] = rpc.deserialize_properties(
            request.outputs, keep_unknowns=True
        )
        return super().RegisterResourceOutputs(request)


Answer = Mapping[str, Any] | Exception | Callable[[Mapping[str, Any]], Mapping[str, Any] | Exception]
"""What an invoke returns or raises; or a function of its arguments that says so."""


class RpcFailure(grpc.RpcError):
    """A failed call as the SDK gets it of the engine: a program sees it once, as an Exception with these words."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class Cloud(pulumi.runtime.Mocks):
    """Answers: inputs come back, and every other property that the SDK declares has a stand-in, unless it is a preview."""

    def __init__(self, preview: bool, answers: Mapping[str, Answer] | None = None) -> None:
        self._preview, self._answers = preview, answers or {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ in self._answers:
            return f"/id/of/{args.name}", self._answer(args.typ, args.inputs)
        if not args.custom:
            return "", {}
        declared = _declared(args.typ)
        if self._preview:  # what is not returned is unknown then
            return "", {}
        stand_ins = {} if declared is None else _stand_ins(declared.outputs, args.name)
        name = _physical_name(args)
        state = _merged(stand_ins, args.inputs) | (
            {"name": name} if args.typ.startswith("azure-native:") else {}
        )
        return f"/id/of/{args.name}", state

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token in self._answers:
            return self._answer(args.token, args.args), []
        if args.token == "azure-native:authorization:getClientConfig":
            return {
                "clientId": AZURE_CLI,
                "objectId": DEPLOYER,
                "subscriptionId": SUBSCRIPTION,
                "tenantId": TENANT,
            }, []
        if args.token == "azure-native:containerservice:getManagedCluster":
            addons = {
                "azureKeyvaultSecretsProvider": {
                    "enabled": True,
                    "identity": {
                        "objectId": "<addon.objectId>",
                        "clientId": "<addon.clientId>",
                        "resourceId": "<addon.id>",
                    },
                }
            }
            kubelet = {
                "objectId": "<kubelet.objectId>",
                "clientId": "<kubelet.clientId>",
                "resourceId": "<kubelet.id>",
            }
            return {
                "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
                "nodeResourceGroup": "MC_rg-shop_aks-shop_westeurope",
                "privateFQDN": "aks-shop-1234.5678.privatelink.westeurope.azmk8s.io",
                "identityProfile": {"kubeletidentity": kubelet},
                "addonProfiles": addons,
            }, []
        if args.token == "azure-native:containerservice:listManagedClusterUserCredentials":
            return {
                "kubeconfigs": [
                    {
                        "name": "clusterUser",
                        "value": base64.b64encode(b"apiVersion: v1\nkind: Config\n").decode(),
                    }
                ]
            }, []
        raise AssertionError(f"nobody answers the invoke {args.token}: add it to the harness")

    def _answer(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._answers[token]
        if callable(answer):
            answer = answer(arguments)
        if isinstance(answer, Exception):
            raise RpcFailure(str(answer))
        return dict(answer)


def build(
    program: Callable[[], Any],
    *,
    preview: bool = False,
    config: Mapping[str, str] | None = None,
    secret_keys: tuple[str, ...] = (),
    into: Build | None = None,
    answers: Mapping[str, Answer] | None = None,
) -> Build:
    """Run a program, plain or async, under mocks.

    ``preview`` leaves outputs unknown; ``into`` keeps what was registered before a failure; ``answers`` are what invokes return, by token,
    and what a StackReference reads, by its type.
    """
    built = Build() if into is None else into
    cloud = Cloud(preview, answers)

    async def run() -> None:
        result = program()
        if isinstance(result, Awaitable):
            result = await result
        built.outputs = await pulumi.Output.from_input(result).future()

    with _event_loop():
        pulumi.runtime.set_mocks(
            cloud, project=PROJECT, stack=STACK, preview=preview, monitor=Recorder(cloud, built)
        )
        pulumi.runtime.set_all_config(dict(config or {}), list(secret_keys))
        pulumi.runtime.test(run)()
    return built


@contextmanager
def _event_loop() -> Iterator[None]:
    """A loop of the build's own, closed behind it, and the one that the SDK's mocks make in their thread too."""
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(max_workers=1) as thread:
        loop.set_default_executor(thread)
        asyncio.set_event_loop(loop)
        try:
            yield
        finally:
            thread.submit(_close_loop_of_thread).result()
            while tasks := asyncio.all_tasks(loop):
                for task in tasks:
                    task.cancel()
                loop.run_until_complete(asyncio.wait(tasks))
            asyncio.set_event_loop(None)
            loop.close()


def _close_loop_of_thread() -> None:
    policy = asyncio.get_event_loop_policy()
    with suppress(RuntimeError):
        policy.get_event_loop().close()


def _declared(token: str) -> sdk_schema.ResourceType | None:
    """What the SDK says of a type; nothing of providers and of Kubernetes custom resources."""
    return None if token.startswith("pulumi:") else sdk_schema.resource_type(token)


def _physical_name(args: pulumi.runtime.MockResourceArgs) -> str:
    for key in (
        "federatedIdentityCredentialResourceName",
        "roleAssignmentName",
        "agentPoolName",
        "secretName",
        "resourceName",
        "vaultName",
    ):
        if isinstance(value := args.inputs.get(key), str):
            return value
    return str(args.inputs.get("resourceGroupName", args.name))


def _stand_ins(properties: Mapping[str, sdk_schema.Property], path: str, depth: int = 0) -> dict[str, Any]:
    return {name: _stand_in(declared.shape, f"{path}.{name}", depth) for name, declared in properties.items()}


def _stand_in(shape: sdk_schema.Shape, path: str, depth: int) -> Any:
    if shape.kind == "object":
        return _stand_ins(shape.properties, path, depth + 1) if depth < 4 else {}
    return {"string": f"<{path}>", "number": 1, "boolean": False, "list": [], "map": {}}.get(
        shape.kind, f"<{path}>"
    )


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """What the program said, over what stands in for the rest; secrets keep their mark."""
    merged = dict(under)
    for key, value in over.items():
        if key not in under or isinstance(value, list) != isinstance(under[key], list):
            continue  # not told back, or told in another form: userAssignedIdentities is a list going in and a map coming out
        both = isinstance(value, dict) and isinstance(merged[key], dict) and _SECRET not in value
        merged[key] = _merged(merged[key], value) if both and merged[key] else value
    return merged


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if _SECRET in value:
            return _plain(value.get("value"))
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _check_shape(token: str, name: str, inputs: Mapping[str, Any]) -> None:
    declared = _declared(token)
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


__all__ = [
    "DEPLOYER",
    "ISSUER",
    "PROJECT",
    "STACK",
    "SUBSCRIPTION",
    "TENANT",
    "Build",
    "Registration",
    "build",
]
