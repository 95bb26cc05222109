"""A preflight case: changes of the accepted settings, Azure's answers, and the messages that follow."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import AsyncMock

import pulumi
import pytest

from aks_secrets_testing.builds import SUBSCRIPTION, TENANT, Answer, Build, build
from stacks.context import StackContext
from stacks.deployer import deployer_type, find_deployer
from stacks.preflight.checks.platform import configured_platform
from stacks.preflight.lookup import Lookup
from stacks.preflight.named_resources import ask_ahead
from stacks.preflight.own_state import OwnState
from stacks.preflight.registry import find_problems, find_warnings
from stacks.preflight.vault_objects import ask_for_objects
from stacks.settings import load
from stacks.settings.validation.problems import Problem
from tests.settings.cases import as_config, document

ELSEWHERE = "99999999-9999-4999-8999-999999999999"
"""Another subscription."""
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-old"
PLATFORM_STACK = "organization/aks-secrets/platform"
TOKENS = {
    "cluster": ("azure-native:containerservice:getManagedCluster", "resourceName"),
    "vault": ("azure-native:keyvault:getVault", "vaultName"),
    "secret": ("azure-native:keyvault:getSecret", "secretName"),
    "key": ("azure-native:keyvault:getKey", "keyName"),
    "network": ("azure-native:network:getVirtualNetwork", "virtualNetworkName"),
    "gateway": ("azure-native:network:getNatGateway", "natGatewayName"),
    "identity": ("azure-native:managedidentity:getUserAssignedIdentity", "resourceName"),
    "role": ("azure-native:authorization:getRoleAssignment", "roleAssignmentName"),
    "outputs": ("pulumi:pulumi:readStackOutputs", "name"),
    "storage": ("azure-native:storage:getStorageAccount", "accountName"),
    "keys": ("azure-native:storage:listStorageAccountKeys", "accountName"),
    "workspace": ("azure-native:operationalinsights:getWorkspace", "workspaceName"),
    "action group": ("azure-native:monitor:getActionGroup", "actionGroupName"),
    "route table": ("azure-native:network:getRouteTable", "routeTableName"),
    "zone": ("azure-native:privatedns:getPrivateZone", "privateZoneName"),
    "registry": ("azure-native:containerregistry:getRegistry", "registryName"),
    "group": ("azure-native:resources:getResourceGroup", "resourceGroupName"),
    "address": ("azure-native:network:getPublicIPAddress", "publicIpAddressName"),
}


@dataclass(frozen=True)
class Case:
    """A change of the accepted document, Azure's answers, and the messages."""

    check: str
    """Id of the check or warning that the case is about."""
    changes: Mapping[str, Any]
    """Path → value, as `pulumi config set --path` has it. None removes the key."""
    says: tuple[str, ...]
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """``cluster <name>``, ``vault <name>``, ``network <name>`` (see TOKENS) → properties or an exception;
    ``platform`` → outputs of the platform's stack; ``state`` → types and names of the stack's own resources,
    with their outputs if a check reads them.
    What is not listed is not known."""
    secret: tuple[str, ...] = ()
    """Keys that are encrypted in the stack file."""


def case(
    check: str,
    changes: Mapping[str, Any],
    *says: str,
    answers: Mapping[str, Any] | None = None,
    secret: tuple[str, ...] = (),
) -> Case:
    """A case whose messages are written one below the other."""
    return Case(check, changes, says, answers or {}, secret)


def _answers_of(case: Case) -> dict[str, Answer]:
    """The answers of a case in the form of the harness."""
    answers: dict[str, Answer] = {
        token: _by_name(kind, parameter, case.answers) for kind, (token, parameter) in TOKENS.items()
    }
    state = case.answers.get("state", ())
    resources: Mapping[str, Any] = (
        state if isinstance(state, Mapping) else {resource: {} for resource in state}
    )
    answers["pulumi:pulumi:readStackResourceOutputs"] = {
        "outputs": {
            f"urn:pulumi:dev::aks-secrets::{resource}": {"outputs": outputs}
            for resource, outputs in resources.items()
        }
    }
    outputs = case.answers.get("platform")
    answers["pulumi:pulumi:StackReference"] = {"outputs": outputs if isinstance(outputs, Mapping) else {}}
    return answers


def _by_name(kind: str, parameter: str, answers: Mapping[str, Any]) -> Answer:
    def answer(arguments: Mapping[str, Any]) -> Mapping[str, Any] | Exception:
        name = arguments[parameter]
        missing = Exception(
            f'Status=404 Code="ResourceNotFound" Message="The Resource \'{name}\' was not known."'
        )
        known = answers.get(f"{kind} {name}", missing)
        return (
            known
            if isinstance(known, Exception)
            else {"name": name, "id": f"{GROUP}/{kind}s/{name}", **known}
        )

    return answer


def run(case: Case, program: Callable[[], Awaitable[Any]], into: Build | None = None) -> Build:
    """Run a program with the settings and the answers of a case."""
    unreadable = case.answers.get("platform")
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(unreadable, Exception):
            # Mocks would raise a failed read a second time, at the end of the program.
            patch.setattr(pulumi.StackReference, "get_output_details", AsyncMock(side_effect=unreadable))
        config = as_config(document(case.changes))
        return build(program, config=config, answers=_answers_of(case), secret_keys=case.secret, into=into)


def find(case: Case) -> tuple[list[Problem], list[Problem]]:
    """The problems and the warnings of a case."""
    results: list[list[Problem]] = []

    async def program() -> None:
        settings = load()
        context = StackContext.of(settings, await find_deployer(deployer_type(settings)))
        lookup = Lookup(context, await configured_platform(settings), OwnState.read())
        await ask_ahead(lookup)
        await ask_for_objects(lookup)
        results.append(find_warnings(lookup))
        results.insert(0, find_problems(lookup))

    run(case, program)
    problems, warnings = results
    return problems, warnings


def cluster(**changes: Any) -> dict[str, Any]:
    """A cluster that workloads can use."""
    return {
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example/"},
        "securityProfile": {"workloadIdentity": {"enabled": True}},
        **changes,
    }


def vault(*, by_role: bool = True, **properties: Any) -> dict[str, Any]:
    """A vault that is open to all networks."""
    return {
        "properties": {
            "enableRbacAuthorization": by_role,
            "enablePurgeProtection": True,
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            **properties,
        }
    }


def existing(kind: str, name: str, group: str = GROUP) -> dict[str, Any]:
    """Section ``existing`` with the ARM id of a resource."""
    types = {
        "cluster": "Microsoft.ContainerService/managedClusters",
        "vault": "Microsoft.KeyVault/vaults",
        "identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "workspace": "Microsoft.OperationalInsights/workspaces",
        "action group": "Microsoft.Insights/actionGroups",
    }
    return {"id": f"{group}/providers/{types[kind]}/{name}"}


def platform(**changes: Any) -> dict[str, Any]:
    """The outputs of a platform's stack."""
    published = {
        "version": 2,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "location": "westeurope",
        "resourceGroup": "rg-old",
        "cluster": {
            "name": "aks-old",
            **existing("cluster", "aks-old"),
            "issuerUrl": "https://oidc.example/",
        },
        "vault": published_vault("kv-old"),
        "vaults": {},
        "operators": {},
        "namespaces": [],
        "isolatedNamespaces": [],
    }
    return {"platform": published | changes}


def published_vault(name: str, **changes: Any) -> dict[str, Any]:
    """A vault in the output ``platform``."""
    return {"name": name, **existing("vault", name), "uri": f"https://{name}.vault.azure.net/", **changes}


ON_PLATFORM: dict[str, Any] = {
    "composition": "workloads",
    "cluster": None,
    "platform": {"stack": PLATFORM_STACK},
}
"""The changes for a stack on a platform."""
ON_EXISTING: dict[str, Any] = {
    "composition": "workloads",
    "cluster": {"existing": {"name": "aks-old", "resource_group": "rg-old"}},
    "vault": {"existing": {"name": "kv-old", "resource_group": "rg-old"}},
}
"""The changes for a stack on an existing cluster and vault."""
OLD: dict[str, Any] = {"cluster aks-old": cluster(), "vault kv-old": vault(), "secret db": {}}
"""The answers for both, and for the secret of most workloads."""

KEY_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-etcd"
KEY_ID = "https://kv-etcd.vault.azure.net/keys/etcd/0123456789abcdef0123456789abcdef"
KMS: dict[str, Any] = {"cluster.kms": {"key_id": KEY_ID, "vault_id": KEY_VAULT}}
"""The changes for a key of one's own."""
KEY: dict[str, Any] = {"kty": "RSA", "keyUriWithVersion": KEY_ID, "attributes": {"enabled": True}}
"""The answer about that key."""


def workload(**keys: Any) -> dict[str, Any]:
    """A workload without a pod."""
    return {"name": "shop", "namespace": "shop", "technique": "sdk", "kind": "none", **keys}
