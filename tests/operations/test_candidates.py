"""The resources that a preview would create, and the ids that these resources have if they exist."""

from collections.abc import Mapping
from typing import Any

import pytest

from operations.adoption.candidates import Candidates
from operations.adoption.values import UNKNOWN
from operations.workspace import Preview

_PROVIDER = "urn:pulumi:dev::p::pulumi:providers:{}::default"


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::p::{type_}::{name}"


def _plan(
    type_: str, name: str, inputs: Mapping[str, Any], step: str = "create", **more: Any
) -> dict[str, Any]:
    provider = _PROVIDER.format(type_.split(":")[0])
    goal = {"type": type_, "name": name, "custom": True, "inputDiff": {"adds": inputs}, **more}
    return {_urn(type_, name): {"goal": {"provider": f"{provider}::{UNKNOWN}", **goal}, "steps": [step]}}


def _ids(
    *plans: Mapping[str, Any], state: list[dict[str, Any]] | None = None, kubeconfig: str = "known"
) -> dict[str, str]:
    providers = {
        _PROVIDER.format(name): {
            "goal": {
                "type": f"pulumi:providers:{name}",
                "name": "default",
                "custom": True,
                "inputDiff": {"adds": inputs},
            },
            "steps": ["create"],
        }
        for name, inputs in {"azure-native": {}, "kubernetes": {"kubeconfig": kubeconfig}}.items()
    }
    resources = {urn: plan for each in (providers, *plans) for urn, plan in each.items()}
    candidates = Candidates(Preview(resources, "sub"), {"deployment": {"resources": state or []}})
    return {candidate.planned.name: candidate.id for candidate in candidates.readable()}


VAULT = "azure-native:keyvault:Vault"
SECRET = "azure-native:keyvault:Secret"
NAMESPACE = "kubernetes:core/v1:Namespace"


def test_an_azure_id_comes_from_the_inputs() -> None:
    assert _ids(_plan(VAULT, "vault", {"resourceGroupName": "rg", "vaultName": "kv"})) == {
        "vault": "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    }


def test_an_azure_id_is_in_the_subscription_of_its_provider() -> None:
    provider = _plan("pulumi:providers:azure-native", "subscription/hub", {"subscriptionId": "hub"})
    (urn,) = provider
    inputs = {"resourceGroupName": "rg", "vaultName": "kv", "secretName": "db"}
    secret = _plan(SECRET, "db", inputs, provider=f"{urn}::{UNKNOWN}")
    vaults = "/subscriptions/hub/resourceGroups/rg/providers/Microsoft.KeyVault/vaults"
    assert _ids(provider, secret)["db"] == f"{vaults}/kv/secrets/db"


def test_a_name_that_is_another_resources_output_is_that_resources_input() -> None:
    group = _plan("azure-native:resources:ResourceGroup", "group", {"resourceGroupName": "rg"})
    group_urn = _urn("azure-native:resources:ResourceGroup", "group")
    unknown = {"resourceGroupName": UNKNOWN, "vaultName": "kv"}
    vault = _plan(VAULT, "vault", unknown, propertyDependencies={"resourceGroupName": [group_urn]})
    assert _ids(group, vault)["vault"].endswith("/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv")


def test_a_resource_in_the_state_gives_its_name_too() -> None:
    unknown = {"resourceGroupName": "rg", "vaultName": UNKNOWN, "secretName": "db"}
    secret = _plan(SECRET, "db", unknown, propertyDependencies={"vaultName": [_urn(VAULT, "vault")]})
    row = {"urn": _urn(VAULT, "vault"), "type": VAULT, "id": "x", "inputs": {"vaultName": "kv"}}
    assert _ids(secret, state=[row])["db"].endswith("/vaults/kv/secrets/db")


def test_a_name_that_two_resources_may_have_given_is_not_guessed() -> None:
    urns = [_urn(VAULT, "one"), _urn(VAULT, "two")]
    rows = [{"urn": urn, "type": VAULT, "id": urn, "inputs": {"vaultName": urn[-3:]}} for urn in urns]
    unknown = {"resourceGroupName": "rg", "vaultName": UNKNOWN, "secretName": "db"}
    assert _ids(_plan(SECRET, "db", unknown, propertyDependencies={"vaultName": urns}), state=rows) == {}


@pytest.mark.parametrize(
    ("type_", "inputs", "id_"),
    [
        (NAMESPACE, {"metadata": {"name": "shop"}}, "shop"),
        ("kubernetes:apps/v1:Deployment", {"metadata": {"name": "web", "namespace": "shop"}}, "shop/web"),
        (
            "kubernetes:dapr.io/v1alpha1:Component",
            {"metadata": {"name": "kv", "namespace": "shop"}},
            "shop/kv",
        ),
        ("kubernetes:helm.sh/v3:Release", {"name": "dapr", "namespace": "dapr-system"}, "dapr-system/dapr"),
    ],
)
def test_a_kubernetes_id_is_namespace_and_name(type_: str, inputs: Mapping[str, Any], id_: str) -> None:
    assert _ids(_plan(type_, "it", inputs)) == {"it": id_}


@pytest.mark.parametrize(
    ("type_", "inputs", "step"),
    [
        pytest.param(NAMESPACE, {"metadata": {"name": "shop"}}, "same", id="in the state"),
        pytest.param(NAMESPACE, {"metadata": {"name": "shop"}}, "read", id="not this stack's"),
        pytest.param(NAMESPACE, {"metadata": {"name": UNKNOWN}}, "create", id="name unknown yet"),
        pytest.param(
            "kubernetes:core/v1:NamespacePatch", {"metadata": {"name": "shop"}}, "create", id="a patch"
        ),
        pytest.param(
            "random:index/randomPassword:RandomPassword", {"length": 32}, "create", id="in no cloud"
        ),
    ],
)
def test_what_is_not_asked_for(type_: str, inputs: Mapping[str, Any], step: str) -> None:
    assert _ids(_plan(type_, "it", inputs, step)) == {}


def test_a_cluster_is_asked_once_its_kubeconfig_is_known() -> None:
    namespace = _plan(NAMESPACE, "it", {"metadata": {"name": "shop"}})
    assert _ids(namespace, kubeconfig=UNKNOWN) == {}
    assert _ids(namespace) == {"it": "shop"}
