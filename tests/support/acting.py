"""Calls of the simulated providers without an engine, in the engine's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.diff import Difference
from rehearsal.simulators.kubernetes.provider.provider import KubernetesProvider
from rehearsal.simulators.provider import Call, Properties, SimulatedProvider
from rehearsal.simulators.seed import add_deployer
from rehearsal.simulators.world import World

SUBSCRIPTION = f"/subscriptions/{arm.SUBSCRIPTION}"
SECRETS_USER = (
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
)
VAULT: Mapping[str, Any] = {"tenantId": arm.TENANT, "sku": {"family": "A", "name": "standard"}}
POOL: Mapping[str, Any] = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}


class CheckFailedError(AssertionError):
    """Inputs that Check refuses, before anything is written."""


@dataclass
class Resource:
    """A resource in the engine's state."""

    id: str
    inputs: Properties
    outputs: Properties


@dataclass
class Actor:
    """One provider instance."""

    provider: SimulatedProvider
    package: str
    connection: str = "test"
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.provider.configure(self.connection, self.settings)

    def _call(self, token: str, name: str, **fields: Any) -> Call:
        urn = f"urn:pulumi:dev::test::pulumi:pulumi:Stack${self.package}:{token}::{name}"
        return Call(urn=urn, connection=self.connection, **fields)

    def check(
        self, token: str, inputs: Mapping[str, Any], *, name: str = "thing", olds: Properties | None = None
    ) -> Properties:
        call = self._call(token, name, inputs=dict(inputs), olds=olds or {}, seed=b"\x01\x02\x03\x04")
        checked, failures = self.provider.check(call)
        if failures:
            raise CheckFailedError("; ".join(failure.reason for failure in failures))
        return checked

    def preview(self, token: str, inputs: Mapping[str, Any], *, name: str = "thing") -> Properties:
        checked = self.check(token, inputs, name=name)
        return self.provider.create(self._call(token, name, inputs=checked, preview=True))[1]

    def create(
        self, token: str, inputs: Mapping[str, Any], *, name: str = "thing", timeout: float = 0
    ) -> Resource:
        checked = self.check(token, inputs, name=name)
        id_, outputs = self.provider.create(self._call(token, name, inputs=checked, timeout=timeout))
        return Resource(id_, checked, outputs)

    def diff(
        self, token: str, old: Resource, inputs: Mapping[str, Any], *, name: str = "thing"
    ) -> Difference:
        checked = self.check(token, inputs, name=name, olds=old.inputs)
        call = self._call(token, name, id=old.id, inputs=checked, old_inputs=old.inputs, olds=old.outputs)
        return self.provider.diff(call)

    def update(
        self,
        token: str,
        old: Resource,
        inputs: Mapping[str, Any],
        *,
        name: str = "thing",
        preview: bool = False,
        ignore: tuple[str, ...] = (),
    ) -> Resource:
        """`ignore`: properties that the engine has set back to the old inputs."""
        checked = self.check(token, inputs, name=name, olds=old.inputs)
        fields: dict[str, Any] = {"inputs": checked, "old_inputs": old.inputs, "olds": old.outputs}
        call = self._call(token, name, id=old.id, preview=preview, ignore_changes=ignore, **fields)
        return Resource(old.id, checked, self.provider.update(call))

    def read(self, token: str, old: Resource, *, name: str = "thing") -> Resource | None:
        answer = self.provider.read(self._call(token, name, id=old.id, inputs=old.inputs, olds=old.outputs))
        return Resource(answer[0], answer[2], answer[1]) if answer else None

    def delete(self, token: str, old: Resource, *, name: str = "thing") -> None:
        self.provider.delete(self._call(token, name, id=old.id, old_inputs=old.inputs, olds=old.outputs))

    def invoke(self, token: str, **arguments: Any) -> Properties:
        return self.provider.invoke(f"{self.package}:{token}", arguments, self.connection)


class Azure(Actor):
    """azure-native, with methods for the resources that most rules are about."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.world = World(folder)
        add_deployer(self.world)
        prefixed = {f"azure-native:config:{name}": value for name, value in settings.items()}
        self.simulator = AzureProvider(self.world)
        self.simulator.shortest_write = 0.0  # one thread writes: nothing can overlap
        super().__init__(self.simulator, "azure-native", settings=prefixed)

    def group(self, name: str = "rg", location: str = "westeurope") -> Resource:
        return self.create("resources:ResourceGroup", {"resourceGroupName": name, "location": location})

    def vault(self, name: str = "kv-one", *, group: str = "rg", **properties: Any) -> Resource:
        return self.create("keyvault:Vault", vault(name, group=group, **properties))

    def secret(
        self, name: str = "db", value: Any = "hunter2", *, of: str = "kv-one", **more: Any
    ) -> Resource:
        return self.create("keyvault:Secret", secret(name, value, of=of, **more))

    def identity(self, name: str = "id-app", **more: Any) -> Resource:
        inputs = {"resourceGroupName": "rg", "resourceName": name, **more}
        return self.create("managedidentity:UserAssignedIdentity", inputs)

    def credential(self, name: str = "app", **more: Any) -> Resource:
        return self.create("managedidentity:FederatedIdentityCredential", credential(name, **more))

    def cluster(self, **more: Any) -> Resource:
        return self.create("containerservice:ManagedCluster", cluster(**more))

    def assignment(self, **more: Any) -> Resource:
        return self.create("authorization:RoleAssignment", more)

    def live_object(self, key: str) -> dict[str, Any]:
        """An object in the world's only cluster, for a test to change."""
        (objects,) = self.world.kubernetes.values()
        return objects[key]

    def new_operation(self) -> None:
        """Read the world from its file, as a later operation of the engine does."""
        self.world.save()
        self.world = World(self.world.folder)
        self.simulator.world = self.world


def vault(name: str = "kv-one", *, group: str = "rg", **properties: Any) -> dict[str, Any]:
    return {"resourceGroupName": group, "vaultName": name, "properties": {**VAULT, **properties}}


def secret(name: str = "db", value: Any = "hunter2", *, of: str = "kv-one", **more: Any) -> dict[str, Any]:
    names = {"resourceGroupName": "rg", "vaultName": of, "secretName": name}
    return {**names, "properties": {"value": value}, **more}


def credential(name: str = "app", *, of: str = "id-app", **more: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "resourceName": of,
        "federatedIdentityCredentialResourceName": name,
        "issuer": "https://issuer.example/",
        "subject": f"system:serviceaccount:demo:{name}",
        "audiences": ["api://AzureADTokenExchange"],
        **more,
    }


def cluster(**more: Any) -> dict[str, Any]:
    return {
        "resourceGroupName": "rg",
        "resourceName": "aks-one",
        "dnsPrefix": "one",
        "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [dict(POOL)],
        "oidcIssuerProfile": {"enabled": True},
        **more,
    }


class Kubernetes(Actor):
    """pulumi-kubernetes against a cluster of the simulated Azure."""

    def __init__(self, azure: Azure, kubeconfig: str, *, connection: str = "k8s", **settings: str) -> None:
        prefixed = {f"kubernetes:config:{name}": value for name, value in settings.items()}
        prefixed["kubernetes:config:kubeconfig"] = kubeconfig
        super().__init__(
            KubernetesProvider(azure.world), "kubernetes", connection=connection, settings=prefixed
        )

    def namespace(self, name: str = "demo") -> Resource:
        return self.create("core/v1:Namespace", manifest("v1", "Namespace", name))

    def service_account(self, name: str = "app", namespace: str = "demo") -> Resource:
        return self.create("core/v1:ServiceAccount", manifest("v1", "ServiceAccount", name, namespace))


def manifest(
    api_version: str, kind: str, name: str, namespace: str | None = None, **more: Any
) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}
