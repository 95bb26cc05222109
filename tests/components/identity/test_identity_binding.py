"""The identity binding of a workload: no credential of its own, and the right of its ServiceAccount alone."""

from typing import Any

from aks_secrets_testing.builds import build
from components.identity.principal import ServiceAccount
from tests.stacks.composing import DB, compose, workload
from tests.support import samples

HELM = {"operators": {"csi_driver": {"install": "helm"}}}
BOUND: dict[str, Any] = {"access": "identity-binding"}


def test_a_bound_identity_has_a_binding_and_a_right_and_no_credential() -> None:
    built = compose({"workloads": [workload("a", DB, **BOUND)]})
    assert built.of_type("FederatedIdentityCredential") == []
    binding = built.single("IdentityBinding")
    assert binding.inputs == {
        "resourceGroupName": "rg-aks-secrets-dev",
        "resourceName": "aks-dev",
        "identityBindingName": "aks-secrets-dev-a",
        "properties": {"managedIdentity": {"resourceId": "/id/of/a-identity"}},
    }
    role, granted = built.single("ClusterRole"), built.single("ClusterRoleBinding")
    assert role.inputs["rules"] == [
        {
            "apiGroups": ["cid.wi.aks.azure.com"],
            "resources": ["<a-identity.clientId>"],
            "verbs": ["use-managed-identity"],
        }
    ]
    assert granted.inputs["roleRef"]["name"] == role.inputs["metadata"]["name"]
    assert granted.inputs["subjects"] == [{"kind": "ServiceAccount", "name": "a", "namespace": "a"}]
    (row,) = built.outputs["access"]
    assert (row["access"], row["audience"], row["subject"]) == (
        "identity-binding",
        "api://AKSIdentityBinding",
        "system:serviceaccount:a:a",
    )
    annotations = built.single("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/client-id"] == "<a-identity.clientId>"


def test_pods_ask_the_token_proxy_when_binding_and_right_are_there() -> None:
    built = compose(
        {"workloads": [workload("a", DB, kind="Deployment", image="registry.example/a:1", **BOUND)]}
    )
    pods = built.single("Deployment")
    template = pods.inputs["spec"]["template"]["metadata"]
    assert template["annotations"]["azure.workload.identity/use-identity-binding"] == "true"
    assert template["labels"]["azure.workload.identity/use"] == "true"
    for kind in ("IdentityBinding", "ClusterRole", "ClusterRoleBinding"):
        assert built.single(kind).urn in pods.dependencies


def test_the_driver_asks_the_token_proxy_when_binding_and_right_are_there() -> None:
    mounted = workload("a", DB, technique="csi", kind="Deployment", image="registry.example/a:1", **BOUND)
    built = compose({"workloads": [mounted], **HELM})
    provider_class = built.single("SecretProviderClass")
    parameters = provider_class.inputs["spec"]["parameters"]
    assert (parameters["useAzureTokenProxy"], parameters["clientID"]) == ("true", "<a-identity.clientId>")
    # A poll reads a changed class at once, and not when the new pods come.
    for kind in ("IdentityBinding", "ClusterRoleBinding"):
        assert built.single(kind).urn in provider_class.dependencies
    back = compose({"workloads": [{**mounted, "access": "workload-identity"}], **HELM})
    credential = back.single("FederatedIdentityCredential")
    assert credential.urn in back.single("SecretProviderClass").dependencies


def test_workloads_of_one_identity_share_a_binding_and_may_keep_credentials() -> None:
    """AKS writes a credential for the binding, and ARM refuses parallel writes to an identity."""
    shared = [workload(name, DB, identity="readers", **BOUND) for name in ("a", "b")]
    shared.append(workload("c", DB, identity="readers"))
    built = compose({"workloads": shared, "identities": [{"name": "readers"}]})
    subjects = built.single("ClusterRoleBinding").inputs["subjects"]
    assert [subject["name"] for subject in subjects] == ["a", "b"]
    assert built.single("FederatedIdentityCredential").urn in built.single("IdentityBinding").dependencies


def test_both_ways_stand_side_by_side_while_pods_of_others_change() -> None:
    for access, former in (
        ("identity-binding", "workload-identity"),
        ("workload-identity", "identity-binding"),
    ):
        built = compose({"workloads": [workload("a", DB, access=access, former_access=former)]})
        assert built.single("FederatedIdentityCredential").inputs["subject"] == "system:serviceaccount:a:a"
        assert built.single("ClusterRoleBinding").inputs["subjects"][0]["name"] == "a"
        published = built.outputs["pods"]["a"]["metadata"]["annotations"]
        is_bound = access == "identity-binding"
        assert ("azure.workload.identity/use-identity-binding" in published) is is_bound


def test_any_number_of_accounts_is_bound() -> None:
    accounts = [ServiceAccount("shop", f"a{index}") for index in range(50)]
    built = build(lambda: samples.identity(service_accounts=[], bound_accounts=accounts, binding_name="shop"))
    assert len(built.single("ClusterRoleBinding").inputs["subjects"]) == 50
