"""A misspelled key in a --cloud file is an error at every depth, and operators have a short form."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.registry import controllers
from rehearsal.simulators.seed import SECTIONS, SeedError, apply_seed
from tests.support.acting import Azure

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/shared"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shared"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
OLD = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-old"

FULL: dict[str, Any] = {
    "azure": [
        {"id": GROUP, "location": "westeurope"},
        {
            "id": VAULT,
            "location": "westeurope",
            "properties": {
                "enableRbacAuthorization": True,
                "sku": {"family": "A", "name": "standard"},
                "networkAcls": {"ipRules": [{"value": "20.1.2.3"}]},
            },
        },
        {
            "id": CLUSTER,
            "location": "westeurope",
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
            "agentPoolProfiles": [{"name": "a", "mode": "System"}],
            "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True}},
        },
        {
            "id": f"{NETWORK}/subnets/aks",
            "addressPrefix": "10.0.0.0/24",
            "serviceEndpoints": [{"service": "Microsoft.KeyVault"}],
        },
    ],
    "directory": [{"objectId": "11111111-0000-4000-8000-000000000000", "type": "Group", "name": "team"}],
    "kubernetes": [
        {
            "cluster": CLUSTER,
            "objects": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-a"}}],
            "releases": [{"chart": "external-secrets", "namespace": "external-secrets", "version": "2.9.0"}],
        }
    ],
    "deletedVaults": [{"id": OLD, "location": "westeurope", "purgeProtection": True, "secrets": ["db"]}],
    "unregistered": ["Microsoft.KubernetesConfiguration"],
    "runner": [NETWORK],
    "absentSecrets": [f"{VAULT}/secrets/db"],
    "subscriptions": [
        {
            "id": arm.SUBSCRIPTION,
            "name": "shop",
            "state": "Enabled",
            "roles": ["Contributor"],
            "features": ["Microsoft.Compute/EncryptionAtHost"],
            "quotas": [{"location": "westeurope", "name": "cores", "limit": 40, "used": 4}],
            "sizes": [
                {
                    "location": "westeurope",
                    "name": "Standard_D2s_v5",
                    "zones": ["1"],
                    "restricted": "NotAvailableForSubscription",
                }
            ],
            "versions": [{"location": "westeurope", "offered": ["1.35"]}],
            "locks": [{"level": "ReadOnly", "scope": "/resourceGroups/shared", "name": "keep"}],
            "denials": [{"name": "a", "actions": ["*/delete"], "scope": GROUP, "excluded": ["b"]}],
            "policies": [{"name": "a", "type": "b", "path": "c", "values": [1], "scope": GROUP}],
            "customRoles": [
                {
                    "name": "a",
                    "id": "b",
                    "actions": ["*"],
                    "notActions": ["*"],
                    "dataActions": ["*"],
                    "notDataActions": ["*"],
                }
            ],
        }
    ],
    "secretsWrittenAgain": [],
    "stacks": [{"name": "organization/data/prod", "outputs": {}, "secretOutputs": {"db": "made-up"}}],
}
FREE = ("objects[0]", "addonProfiles", "secretsWrittenAgain", "secretOutputs")
"""Below these any name may stand: the API server judges manifests, and the keys of a map are its contents."""


def _keys(value: Any, path: str = "") -> Iterator[str]:
    """The path of each key of each mapping."""
    if any(part in path for part in FREE):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}" if path else key
            yield from _keys(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _keys(inner, f"{path}[{index}]")


def _misspelled(document: dict[str, Any], path: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    *above, key = path.replace("[", ".[").split(".")
    holder: Any = changed
    for step in above:
        holder = holder[int(step[1:-1])] if step.startswith("[") else holder[step]
    holder[f"{key}x"] = holder.pop(key)
    return changed


def test_the_document_is_accepted_and_has_every_section(azure: Azure) -> None:
    apply_seed(azure.world, FULL)
    assert tuple(FULL) == SECTIONS


@pytest.mark.parametrize("path", list(_keys(FULL)))
def test_a_misspelled_key_is_refused_by_name(azure: Azure, path: str) -> None:
    """Silently dropped, it would be blamed on the cluster or the vault that lacks the setting."""
    key = path.rsplit(".", 1)[-1].split("[")[0]
    with pytest.raises(SeedError) as refused:
        apply_seed(azure.world, _misspelled(FULL, path))
    message = str(refused.value)
    assert f"{key}x'" in message or f"the key '{key}' is missing" in message
    assert key in message.replace(f"{key}x", ""), "the message names the key that is meant"


@pytest.mark.parametrize(
    "chart", sorted(chart for controller in controllers() for chart in controller.charts)
)
@pytest.mark.parametrize("exists", [True, False], ids=["existing cluster", "cluster of the stack"])
def test_an_operator_exists_by_one_line(azure: Azure, chart: str, exists: bool) -> None:
    seed = {"kubernetes": [{"cluster": CLUSTER, "releases": [{"chart": chart, "namespace": "operators"}]}]}
    cluster = {"azure": [FULL["azure"][0], FULL["azure"][2]]}
    for document in (cluster, seed) if exists else (seed, cluster):
        apply_seed(azure.world, document)
    target = SimulatedCluster(azure.world, CLUSTER)
    (kinds,) = (
        tuple(controller.kinds_of_release({})) for controller in controllers() if chart in controller.charts
    )
    for kind in kinds:
        target.require_served(GroupVersionKind(kind.group, kind.versions[0], kind.name))
    assert target.all_of(GroupVersionKind("helm.sh", "v3", "Release"))


def test_an_unknown_chart_names_those_that_are_simulated(azure: Azure) -> None:
    releases = [{"chart": "external-secret", "namespace": "x"}]
    with pytest.raises(SeedError, match=r"releases\[0\]: no operator has the chart .*did you mean"):
        apply_seed(azure.world, {"kubernetes": [{"cluster": CLUSTER, "releases": releases}]})
