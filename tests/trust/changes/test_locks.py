"""Each lock, turned off in one place, is named; turned on, or left alone, it is not."""

from __future__ import annotations

from typing import Any

from tests.each import each
from trust.changes.locks import CLUSTER, DAPR_CONFIGURATION, NAMESPACE, NETWORK_POLICY, VAULT, loosened
from trust.graph import Graph, Node
from trust.values import UNKNOWN

NAMES: dict[str, dict[str, Any]] = {
    VAULT: {"vaultName": "kv-shop"},
    CLUSTER: {"resourceName": "aks-shop"},
    NAMESPACE: {"metadata": {"name": "web"}},
    NETWORK_POLICY: {"metadata": {"namespace": "web", "name": "default-deny"}},
    DAPR_CONFIGURATION: {"metadata": {"namespace": "web", "name": "app"}},
}
SUBNET = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/a"


def graph(token: str, inputs: dict[str, Any], **more: Any) -> Graph:
    inputs = {**NAMES[token], **inputs}
    return Graph([Node(urn="urn:one", type=token, name="one", id="/one", inputs=inputs, **more)], "state")


def vault(**properties: Any) -> tuple[str, dict[str, Any]]:
    return VAULT, {"properties": properties}


def labelled(profile: str | None) -> tuple[str, dict[str, Any]]:
    labels = {"pod-security.kubernetes.io/enforce": profile} if profile else {}
    return NAMESPACE, {"metadata": {"name": "web", "labels": labels}}


def dapr(access: str) -> tuple[str, dict[str, Any]]:
    return DAPR_CONFIGURATION, {
        **NAMES[DAPR_CONFIGURATION],
        "spec": {"secrets": {"scopes": [{"defaultAccess": access}]}},
    }


CASES = [
    (vault(enablePurgeProtection=True), vault(), "purge protection of the vault kv-shop is turned off"),
    (
        vault(enableRbacAuthorization=True),
        vault(enableRbacAuthorization=False),
        "Azure RBAC of the vault kv-shop is turned off",
    ),
    (
        vault(enableSoftDelete=True),
        vault(enableSoftDelete=False),
        "soft delete of the vault kv-shop is turned off",
    ),
    (
        vault(softDeleteRetentionInDays=90),
        vault(softDeleteRetentionInDays=7),
        "soft-delete retention of the vault kv-shop is lowered from 90 to 7 days",
    ),
    (
        vault(publicNetworkAccess="Disabled"),
        vault(publicNetworkAccess="Enabled"),
        "public network access of the vault kv-shop is allowed now",
    ),
    (
        vault(networkAcls={"defaultAction": "Deny"}),
        vault(networkAcls={"defaultAction": "Allow"}),
        "denial by default in the firewall of the vault kv-shop is turned off",
    ),
    (
        vault(networkAcls={"ipRules": [{"value": "20.1.0.0/16"}]}),
        vault(networkAcls={"ipRules": [{"value": "20.1.2.3"}, {"value": "20.0.0.0/8"}]}),
        "firewall rules of the vault kv-shop let in 20.0.0.0/8 now",
    ),
    (
        vault(networkAcls={"virtualNetworkRules": []}),
        vault(networkAcls={"virtualNetworkRules": [{"id": SUBNET}]}),
        f"firewall rules of the vault kv-shop let in {SUBNET} now",
    ),
    (
        (CLUSTER, {"disableLocalAccounts": True}),
        (CLUSTER, {"disableLocalAccounts": False}),
        "the lock on local accounts of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"addonProfiles": {"azurePolicy": {"enabled": True}}}),
        (CLUSTER, {"addonProfiles": {"azurePolicy": {"enabled": False}}}),
        "Azure Policy of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"addonProfiles": {"azurepolicy": {"enabled": True}}}),
        (CLUSTER, {"addonProfiles": {}}),
        "Azure Policy of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"apiServerAccessProfile": {"enablePrivateCluster": True}}),
        (CLUSTER, {}),
        "the private API server of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"apiServerAccessProfile": {"authorizedIPRanges": ["20.1.0.0/16"]}}),
        (CLUSTER, {"apiServerAccessProfile": {"authorizedIPRanges": []}}),
        "authorized ranges of the cluster aks-shop are gone: every address reaches it",
    ),
    (
        (CLUSTER, {"apiServerAccessProfile": {"authorizedIPRanges": ["20.1.0.0/16"]}}),
        (CLUSTER, {"apiServerAccessProfile": {"authorizedIPRanges": ["0.0.0.0/0"]}}),
        "authorized ranges of the cluster aks-shop let in 0.0.0.0/0 now",
    ),
    (
        (CLUSTER, {"oidcIssuerProfile": {"enabled": True}}),
        (CLUSTER, {"oidcIssuerProfile": {"enabled": False}}),
        "the OIDC issuer of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"securityProfile": {"workloadIdentity": {"enabled": True}}}),
        (CLUSTER, {"securityProfile": {}}),
        "workload identity of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"securityProfile": {"azureKeyVaultKms": {"enabled": True}}}),
        (CLUSTER, {"securityProfile": {"azureKeyVaultKms": {"enabled": False}}}),
        "encryption of Secrets by a key of the cluster aks-shop is turned off",
    ),
    (
        (CLUSTER, {"aadProfile": {"enableAzureRBAC": True}}),
        (CLUSTER, {"aadProfile": {}}),
        "Azure RBAC of the cluster aks-shop is turned off",
    ),
    (
        labelled("restricted"),
        labelled("baseline"),
        "the Pod Security profile of the namespace web is lowered from restricted to baseline",
    ),
    (
        labelled("baseline"),
        labelled(None),
        "the Pod Security profile of the namespace web is lowered from baseline to none",
    ),
    (dapr("deny"), dapr("allow"), "denial by default in the Dapr Configuration web/app is turned off"),
]


@each("before, after, text", CASES, ids=[case[2] for case in CASES])
def test_a_loosened_lock_is_named_and_a_tightened_one_is_not(
    before: tuple[str, dict[str, Any]], after: tuple[str, dict[str, Any]], text: str
) -> None:
    assert [lock.text for lock in loosened(graph(*before), graph(*after))] == [text]
    assert loosened(graph(*before), graph(*before)) == ()
    if "let in" not in text:
        assert loosened(graph(*after), graph(*before)) == ()


def test_pulumis_protection_and_a_network_policy_are_locks() -> None:
    protected = graph(VAULT, {}, protect=True)
    assert [lock.text for lock in loosened(protected, graph(VAULT, {}))] == [
        "Pulumi's protection of kv-shop is turned off"
    ]
    assert [lock.text for lock in loosened(graph(NETWORK_POLICY, {}), Graph([], "state"))] == [
        "the network policy web/default-deny goes"
    ]


def test_an_unknown_value_turns_nothing_off() -> None:
    before = graph(*vault(enablePurgeProtection=True, networkAcls={"ipRules": []}))
    after = graph(*vault(enablePurgeProtection=UNKNOWN, networkAcls=UNKNOWN))
    assert loosened(before, after) == ()
