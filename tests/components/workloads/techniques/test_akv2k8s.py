"""Technique akv2k8s: an AzureKeyVaultSecret per Kubernetes Secret, and a controller that reads as itself."""

from typing import Any

from aks_secrets_testing.builds import Build, build
from components.authorization.role_assignments import PlannedGrant
from components.authorization.roles import ObjectType, Role
from components.operators.akv2k8s import Akv2k8s, Akv2k8sArgs
from components.workloads import Pod, VaultObject
from components.workloads.techniques.akv2k8s import Akv2k8sWorkload
from tests.support import samples
from tests.support.samples import key_of

POD = Pod(image="registry.example/shop:1")
DB = VaultObject(name="db-password", env="DB", secret_key_ref=key_of("shop-akv2k8s.password", "password"))


def _built(*secrets: VaultObject, **args: Any) -> Build:
    return build(
        lambda: samples.workload(bundle=Akv2k8sWorkload, secrets=secrets or [DB], **{"pod": POD, **args})
    )


def _spec(*secrets: VaultObject) -> dict[str, Any]:
    spec: dict[str, Any] = _built(*secrets).single("AzureKeyVaultSecret").plain()["spec"]
    return spec


def test_an_object_fills_one_key() -> None:
    assert _spec() == {
        "vault": {"name": "kv-shop", "object": {"name": "db-password", "type": "secret"}},
        "output": {"secret": {"name": "shop-akv2k8s.password", "dataKey": "password"}},
    }


def test_version_encoding_and_type_are_its_own_words() -> None:
    ref = key_of("shop-akv2k8s-dockerconfigjson", ".dockerconfigjson", "kubernetes.io/dockerconfigjson")
    spec = _spec(VaultObject(name="pull", version="1" * 32, encoding="base64", secret_key_ref=ref))
    assert spec["vault"]["object"]["version"] == "1" * 32
    assert spec["output"]["transform"] == ["base64decode"]
    assert spec["output"]["secret"]["type"] == "kubernetes.io/dockerconfigjson"


def test_a_certificate_has_no_type_lest_its_private_key_is_read() -> None:
    spec = _spec(VaultObject(name="ca", type=ObjectType.CERT, secret_key_ref=key_of("shop-akv2k8s.ca", "ca")))
    assert spec["vault"]["object"]["type"] == "certificate"
    assert "type" not in spec["output"]["secret"]


def test_one_value_twice_is_one_object() -> None:
    again = VaultObject(name="db-password", env="AGAIN", secret_key_ref=DB.secret_key_ref)
    built = _built(DB, again)
    assert len(built.of_type("AzureKeyVaultSecret")) == 1
    (container,) = built.single("Deployment").plain()["spec"]["template"]["spec"]["containers"]
    assert [variable["name"] for variable in container["env"]] == ["DB", "AGAIN"]


def test_pods_read_the_secret_and_no_vault() -> None:
    built = _built()
    template = built.single("Deployment").plain()["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert container["env"] == [
        {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-akv2k8s.password", "key": "password"}}}
    ]
    assert "azure.workload.identity/use" not in template["metadata"]["labels"]
    assert built.single("AzureKeyVaultSecret").urn in built.single("Deployment").dependencies


def test_the_object_waits_for_the_rights_of_the_controller() -> None:
    grant = PlannedGrant("secrets/db", Role.KEY_VAULT_SECRETS_USER, "/vault/secrets/db")

    def make() -> None:
        aks = samples.cluster()
        identity = samples.identity(cluster=aks, grants=[grant])
        samples.workload(bundle=Akv2k8sWorkload, secrets=[DB], aks=aks, identity=identity)

    built = build(make)
    (role,) = [item for item in built.of_type("RoleAssignment") if "secrets/db" in item.urn]
    assert role.urn in built.single("AzureKeyVaultSecret").dependencies


def test_pulumi_waits_for_the_secret_unless_it_waits_for_no_pods() -> None:
    def annotations(**args: Any) -> dict[str, str]:
        metadata: dict[str, Any] = _built(**args).single("AzureKeyVaultSecret").plain()["metadata"]
        return metadata.get("annotations", {})

    waited = {"pulumi.com/waitFor": "jsonpath={.status.secretHash}"}
    assert annotations() == waited
    assert annotations(pod=None) == waited
    assert annotations(await_pods=False) == {}


def test_the_object_stays_where_pods_may_still_name_its_secret() -> None:
    """The controller empties the Secret of a deleted one, whatever the garbage collector leaves."""

    def stays(**args: Any) -> bool:
        return bool(_built(**args).single("AzureKeyVaultSecret").retain_on_delete)

    assert [stays(), stays(pod=None), stays(await_pods=False)] == [False, True, True]


def test_the_chart_runs_the_controller_alone_as_its_identity() -> None:
    args = Akv2k8sArgs(client_id="client", resync_seconds=60, among_windows=True)
    built = build(lambda: samples.in_cluster(Akv2k8s, args))
    values = built.single("Release").plain()["values"]
    assert values["env_injector"] == {"enabled": False}
    assert values["global"] == {"keyVaultAuth": "environment-azidentity"}
    assert values["azureKeyVaultResyncPeriod"] == 60
    controller = values["controller"]
    assert controller["podLabels"] == {"azure.workload.identity/use": "true"}
    assert controller["serviceAccount"] == {"annotations": {"azure.workload.identity/client-id": "client"}}
    assert controller["securityContext"]["allowPrivilegeEscalation"] is False
    assert controller["nodeSelector"] == {"kubernetes.io/os": "linux"}
    labels = built.single("Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
