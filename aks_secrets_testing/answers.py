"""Answers of Azure, Kubernetes and the operator's stack in a build: the provider's end of the harness.

The inputs of a resource come back, and every other output property that the SDK declares has a stand-in, so
that none is forgotten.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import grpc
import pulumi

from rehearsal.simulators import sdk_schema

PROJECT, STACK = "aks-secrets", "dev"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
DEPLOYER = "dddddddd-3333-3333-3333-333333333333"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/44444444-4444-4444-4444-444444444444/"

SECRET = "4dabf18193072939515e22adb298388d"
"""Pulumi's mark on a secret value on the wire."""

Answer = Mapping[str, Any] | Exception | Callable[[Mapping[str, Any]], Mapping[str, Any] | Exception]
"""The result or the error of an invoke, or a function of its arguments that gives one of them."""


class RpcFailure(grpc.RpcError):
    """A failed call as the SDK gets it from the engine: the program sees it once, as an Exception with these
    words.
    """

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class Cloud(pulumi.runtime.Mocks):
    """Answers: inputs come back, and every other property that the SDK declares has a stand-in, unless it is
    a preview.
    """

    def __init__(self, preview: bool, answers: Mapping[str, Answer] | None = None) -> None:
        self._preview, self._answers = preview, answers or {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ in self._answers:
            return f"/id/of/{args.name}", self._answer(args.typ, args.inputs)
        if not args.custom:
            return "", {}
        declared = declared_type(args.typ)
        if self._preview:  # what is not returned is unknown then
            return "", {}
        stand_ins = {} if declared is None else _stand_ins(declared.outputs, args.name)
        name = _physical_name(args)
        state: dict[str, Any] = _merged(stand_ins, args.inputs) | (
            {"name": name} if args.typ.startswith("azure-native:") else {}
        )
        if args.typ.startswith("kubernetes:") and "metadata" in args.inputs:
            metadata: dict[str, Any] = {"name": _generated_name(args.name), **args.inputs["metadata"]}
            state["metadata"] = state.get("metadata", {}) | metadata
        if args.typ == "azure-native:containerservice:ManagedCluster":
            state |= _cluster_outputs(args.inputs)
        return f"/id/of/{args.name}", state

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token in self._answers:
            return self._answer(args.token, args.args), []
        if args.token == "pulumi:pulumi:readStackResourceOutputs":  # the state before the first update
            return {"outputs": {}}, []
        if args.token == "azure-native:keyvault:getVault":  # one that is recovered exists then
            name = args.args["vaultName"]
            return {"id": f"/vaults/{name}", "name": name, "properties": {}}, []
        if args.token == "azure-native:authorization:getClientConfig":
            return {
                "clientId": AZURE_CLI,
                "objectId": DEPLOYER,
                "subscriptionId": SUBSCRIPTION,
                "tenantId": TENANT,
            }, []
        if args.token == "azure-native:containerservice:getManagedCluster":
            return {
                "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
                "nodeResourceGroup": "MC_rg-shop_aks-shop_westeurope",
                "privateFQDN": "aks-shop-1234.5678.privatelink.westeurope.azmk8s.io",
                "identityProfile": {"kubeletidentity": _stand_in_identity("kubelet")},
                "addonProfiles": {_CSI: {"enabled": True, "identity": _stand_in_identity("addon")}},
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
        if args.token == "azure-native:authorization:getRoleAssignment":
            raise RpcFailure('Status=404 Code="RoleAssignmentNotFound" Message="no role assignment is there"')
        if args.token in _THERE:  # what the settings name as existing
            return {"id": f"/id/of/{args.token}", **_THERE[args.token]}, []
        raise AssertionError(f"no answer to the invoke {args.token}: add it here or to the build's answers")

    def _answer(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._answers[token]
        if callable(answer):
            answer = answer(arguments)
        if isinstance(answer, Exception):
            raise RpcFailure(str(answer))
        return dict(answer)


_CSI = "azureKeyvaultSecretsProvider"
_THERE: Mapping[str, Mapping[str, str]] = {
    "azure-native:managedidentity:getUserAssignedIdentity": {"principalId": "<existing.principalId>"},
    "azure-native:keyvault:getSecret": {},
    "azure-native:keyvault:getKey": {},
    "azure-native:resources:getResourceGroup": {},
    "azure-native:operationalinsights:getWorkspace": {},
    "azure-native:monitor:getActionGroup": {},
    "azure-native:network:getRouteTable": {},
    "azure-native:privatedns:getPrivateZone": {},
    "azure-native:containerregistry:getRegistry": {},
}
"""Resources of which the program reads whether they exist; of an identity also its principal."""


def _stand_in_identity(name: str) -> dict[str, str]:
    return {"objectId": f"<{name}.objectId>", "clientId": f"<{name}.clientId>", "resourceId": f"<{name}.id>"}


def _cluster_outputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a cluster that ``getManagedCluster`` answers with, too."""
    outputs: dict[str, Any] = {
        "oidcIssuerProfile": {**inputs.get("oidcIssuerProfile", {}), "issuerURL": ISSUER},
        "identityProfile": {"kubeletidentity": _stand_in_identity("kubelet")},
    }
    addons = dict(inputs.get("addonProfiles", {}))
    if _CSI in addons:
        outputs["addonProfiles"] = {**addons, _CSI: {**addons[_CSI], "identity": _stand_in_identity("addon")}}
    return outputs


def declared_type(token: str) -> sdk_schema.ResourceType | None:
    """The SDK's class of a type. None: a provider or a component, which have no schema."""
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


def _generated_name(name: str) -> str:
    """The name of an object whose inputs have none: the logical one with eight hexadecimal digits.

    https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
    """
    return f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _stand_ins(properties: Mapping[str, sdk_schema.Property], path: str, depth: int = 0) -> dict[str, Any]:
    return {name: _stand_in(declared.shape, f"{path}.{name}", depth) for name, declared in properties.items()}


def _stand_in(shape: sdk_schema.Shape, path: str, depth: int) -> Any:
    if shape.kind == "object":
        return _stand_ins(shape.properties, path, depth + 1) if depth < 4 else {}
    return {"string": f"<{path}>", "number": 1, "boolean": False, "list": [], "map": {}}.get(
        shape.kind, f"<{path}>"
    )


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The program's inputs over the stand-ins; secrets keep their mark."""
    merged = dict(under)
    for key, value in over.items():
        if key not in under or isinstance(value, list) != isinstance(under[key], list):
            # Not an output, or one of another form: userAssignedIdentities is a list as input, a map as
            # output.
            continue
        both = isinstance(value, dict) and isinstance(merged[key], dict) and SECRET not in value
        merged[key] = _merged(merged[key], value) if both and merged[key] else value
    return merged
