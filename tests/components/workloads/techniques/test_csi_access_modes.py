"""Access modes: the driver's parameters, and the principal of the grants."""

from typing import Any

import pulumi

from aks_secrets_testing.builds import Build, build
from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.workloads import Access, VaultObject
from components.workloads.techniques.csi import CsiWorkload
from tests.support import samples


def _built(access: Access, secret: str | None = None) -> Build:
    def program() -> None:
        samples.workload(
            bundle=CsiWorkload,
            identity=samples.borrowed(),
            access=access,
            client_secret=None if secret is None else pulumi.Output.secret(secret),
            secrets=[VaultObject(name="db")],
        )

    return build(program)


def _parameters(built: Build) -> dict[str, Any]:
    resource = built.single("SecretProviderClass").plain()["spec"]["parameters"]
    return {
        key: value
        for key, value in resource.items()
        if key not in ("objects", "keyvaultName", "tenantId", "cloudName")
    }


def test_the_addon_reads_with_the_identity_of_the_node() -> None:
    """`userAssignedIdentityID` is a client id despite its name. With clientID the driver would exchange a
    token instead.
    """
    built = _built(Access.USER_ASSIGNED_VM)
    assert _parameters(built) == {
        "usePodIdentity": "false",
        "useVMManagedIdentity": "true",
        "userAssignedIdentityID": "client",
    }
    assert [resource for resource in built.of_type("Secret") if resource.type.startswith("kubernetes:")] == []


def test_a_service_principal_reads_with_its_secret() -> None:
    built = _built(Access.SERVICE_PRINCIPAL, "canary-7f3a")
    assert _parameters(built) == {"usePodIdentity": "false", "useVMManagedIdentity": "false"}
    secret = built.single("Secret", "shop-service-principal")
    assert secret.is_secret("stringData")
    assert secret.plain()["stringData"] == {"clientid": "client", "clientsecret": "canary-7f3a"}
    assert secret.plain()["metadata"]["labels"] == {"secrets-store.csi.k8s.io/used": "true"}
    deployment = built.single("Deployment")
    (volume,) = deployment.plain()["spec"]["template"]["spec"]["volumes"]
    assert volume["csi"]["nodePublishSecretRef"] == {"name": "shop-service-principal"}
    assert secret.urn in deployment.dependencies


def test_grants_belong_to_the_principal_that_reads() -> None:
    built = _built(Access.USER_ASSIGNED_VM)
    (grant,) = (
        resource for resource in built.of_type("RoleAssignment") if resource.name.startswith("borrowed/")
    )
    assert (grant.inputs["principalId"], grant.inputs["principalType"]) == ("object", "ServicePrincipal")
    assert grant.urn in built.single("Deployment").dependencies
    assert built.of_type("FederatedIdentityCredential") == []


def test_an_account_without_federation_has_no_annotations() -> None:
    assert "annotations" not in _built(Access.USER_ASSIGNED_VM).single("ServiceAccount").plain()["metadata"]


def test_pod_identity_binds_the_pods_by_their_label() -> None:
    """No federated credential is involved: pods on the nodes assign the identity."""

    def program() -> None:
        aks = samples.cluster()
        kubelet = Principal("kubelet", aks.kubelet_object_id, PrincipalType.SERVICE_PRINCIPAL)
        identity = samples.identity(cluster=aks, service_accounts=[], pod_identity_principal=kubelet)
        samples.workload(
            aks=aks,
            bundle=CsiWorkload,
            identity=identity,
            access=Access.POD_IDENTITY,
            secrets=[VaultObject(name="db")],
        )

    built = build(program)
    assert _parameters(built) == {"usePodIdentity": "true", "useVMManagedIdentity": "false"}
    identity = built.single("AzureIdentity").plain()
    assert identity["spec"] == {
        "type": 0,
        "resourceID": "/id/of/shop-identity",
        "clientID": "<shop-identity.clientId>",
    }
    assert built.single("AzureIdentityBinding").plain()["spec"] == {
        "azureIdentity": identity["metadata"]["name"],
        "selector": "shop",
    }
    deployment = built.single("Deployment")
    assert deployment.plain()["spec"]["template"]["metadata"]["labels"]["aadpodidbinding"] == "shop"
    assert built.single("AzureIdentityBinding").urn in deployment.dependencies
    (grant,) = (resource for resource in built.of_type("RoleAssignment") if resource.name == "shop/kubelet")
    assert (grant.inputs["principalId"], grant.inputs["scope"]) == (
        "<kubelet.objectId>",
        "/id/of/shop-identity",
    )
    assert grant.urn in deployment.dependencies
    assert built.of_type("FederatedIdentityCredential") == []
