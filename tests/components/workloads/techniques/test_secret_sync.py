"""Technique secret-sync: a SecretSync and its class per Kubernetes Secret, and no mount."""

import re
from typing import Any

from aks_secrets_testing.builds import Build, build
from components.authorization.roles import ObjectType
from components.operators import csi_driver
from components.operators.sync_controller import SyncController, SyncControllerArgs
from components.workloads import Pod, VaultObject
from components.workloads.techniques.secret_sync import SecretSyncWorkload
from tests.support import samples
from tests.support.samples import key_of

POD = Pod(image="registry.example/shop:1")
DB = VaultObject(name="db-password", env="DB", secret_key_ref=key_of("shop-sync.password", "password"))
CERT = VaultObject(
    name="site",
    type=ObjectType.CERT_KEY_PAIR,
    file="site",
    mounted_from_secret=True,
    secret_key_ref=key_of("shop-sync.tls", "site", "kubernetes.io/tls"),
)
OLD = VaultObject(name="db-password", version="0" * 32, secret_key_ref=key_of("shop-sync.password", "old"))


def _built(*secrets: VaultObject, **args: Any) -> Build:
    return build(
        lambda: samples.workload(bundle=SecretSyncWorkload, secrets=secrets or [DB], **{"pod": POD, **args})
    )


def _spec(built: Build, kind: str = "SecretSync") -> dict[str, Any]:
    return built.single(kind).plain()["spec"]


def test_the_controller_reads_a_class_as_the_workload() -> None:
    built = _built()
    spec = _spec(built)
    assert (spec["serviceAccountName"], spec["secretProviderClassName"]) == ("shop", "shop-sync.password")
    assert spec["secretObject"] == {
        "type": "Opaque",
        "data": [{"sourcePath": "password", "targetKey": "password"}],
    }
    provider_class = built.single("SecretProviderClass").plain()
    assert provider_class["metadata"]["name"] == "shop-sync.password"
    parameters = provider_class["spec"]["parameters"]
    assert "secretObjects" not in provider_class["spec"], "the driver has nothing to sync"
    assert 'objectAlias: "password"' in parameters["objects"]
    assert parameters["clientID"]
    assert built.single("SecretProviderClass").urn in built.single("SecretSync").dependencies


def test_pods_read_the_secret_and_mount_nothing_of_the_driver() -> None:
    template = _built(DB, CERT).single("Deployment").plain()["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert container["env"] == [
        {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "shop-sync.password", "key": "password"}}}
    ]
    (volume,) = template["spec"]["volumes"]
    assert "csi" not in volume
    assert "azure.workload.identity/use" not in template["metadata"]["labels"]


def test_a_certificate_with_its_key_fills_both_keys() -> None:
    assert _spec(_built(CERT))["secretObject"]["data"] == [
        {"sourcePath": "site", "targetKey": "tls.crt"},
        {"sourcePath": "site", "targetKey": "tls.key"},
    ]


def test_one_object_in_several_versions_has_a_file_for_each_key() -> None:
    built = _built(DB, OLD)
    sources = [entry["sourcePath"] for entry in _spec(built)["secretObject"]["data"]]
    assert sources == ["password", "old"]
    objects = _spec(built, "SecretProviderClass")["parameters"]["objects"]
    assert all(f'objectAlias: "{source}"' in objects for source in sources)


def test_another_class_is_read_at_once_and_makes_new_pods() -> None:
    """The controller watches SecretSyncs alone, and a variable is read once."""

    def marks(*secrets: VaultObject) -> tuple[str, str]:
        built = _built(*secrets)
        template = built.single("Deployment").plain()["spec"]["template"]
        annotation = template["metadata"]["annotations"]["aks-secrets/secret-syncs"]
        return _spec(built)["forceSynchronization"], annotation

    pinned = VaultObject(name="db-password", version="1" * 32, env="DB", secret_key_ref=DB.secret_key_ref)
    for before, after in zip(marks(DB), marks(pinned), strict=True):
        assert before != after
        # The pattern of forceSynchronization in the definition of v0.0.4
        assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9]+([-._a-zA-Z0-9]?[A-Za-z0-9])*)?", before)


def test_pulumi_waits_for_the_first_sync_unless_it_waits_for_no_pods() -> None:
    def annotations(**args: Any) -> dict[str, str]:
        return _built(**args).single("SecretSync").plain()["metadata"].get("annotations", {})

    assert annotations() == {"pulumi.com/waitFor": "jsonpath={.status.syncHash}"}
    orphaned = {"pulumi.com/deletionPropagationPolicy": "orphan"}
    assert annotations(await_pods=False) == orphaned
    assert annotations(pod=None) == {"pulumi.com/waitFor": "jsonpath={.status.syncHash}", **orphaned}


def test_the_chart_runs_the_azure_provider_and_requests_tokens_for_entra() -> None:
    args = SyncControllerArgs(poll_interval="30m")
    built = build(lambda: samples.in_cluster(SyncController, args))
    values = built.single("Release").plain()["values"]
    assert values["tokenRequestAudience"] == [{"audience": "api://AzureADTokenExchange"}]
    assert values["rotationPollInterval"] == "30m"
    (provider,) = values["providerContainer"]
    assert provider["image"].endswith(f"/provider-azure:v{csi_driver.CHART.version}")
    assert provider["volumeMounts"] == [{"name": "providervol", "mountPath": "/provider"}]
    labels = built.single("Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged", "a folder of the node is mounted"
