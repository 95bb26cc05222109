"""The External Secrets Operator in the simulated Kubernetes: from a vault to a Secret."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret
from tests.simulators.kubernetes.operators.test_rotation import failed, last_reloaded, reloader
from tests.support.acting import SECRETS_USER, Azure, Resource, manifest
from tests.support.eso import (
    CLUSTER_STORE,
    DATA,
    SECRET,
    STORE,
    TENANT,
    Operated,
    external_secret,
    store,
    timed_out,
    waiting,
)
from tests.support.manifests import DEPLOYMENT, container, deployment
from tests.support.mounting import RELEASE, VAULT, Scene

ENV: dict[str, Any] = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
NO_RIGHT = (
    "UpdateFailed: error processing spec.data[0] (key: db), err: keyvault.BaseClient#GetSecret: Failure "
    "responding to request: "
    "StatusCode=403 -- Original Error: autorest/azure: Service returned an error. "
    'Status=403 Code="Forbidden" Message="Caller is not authorized to perform action on resource.'
)


@pytest.fixture
def scene(azure: Azure) -> Operated:
    scene = Operated(azure)
    scene.store()
    return scene


def reading() -> dict[str, Any]:
    return deployment(pods={"containers": [container(env=[ENV])]})


def test_a_pod_gets_what_the_vault_has(scene: Operated) -> None:
    scene.kubernetes.create(SECRET, waiting(external_secret()))
    assert scene.condition("SecretStore") == ("True", "Valid", "store validated")
    assert scene.condition() == ("True", "SecretSynced", "secret synced")
    assert scene.made()["data"] == {"password": scene.azure.world.keyed_hash("hunter2")}
    assert scene.made()["type"] == "Opaque"
    scene.kubernetes.create(DEPLOYMENT, reading())


def test_without_an_external_secret_a_pod_waits(scene: Operated) -> None:
    assert failed(scene, reading()) == 'Failed: Error: secret "db" not found'


def test_no_object_without_the_chart_and_its_definitions(azure: Azure) -> None:
    scene = Scene(azure)
    with pytest.raises(ProviderError, match='no matches for kind "SecretStore"'):
        scene.kubernetes.create(STORE, store())
    values = {"installCRDs": False}
    scene.kubernetes.create(
        RELEASE, {"chart": "external-secrets", "name": "eso", "namespace": "default", "values": values}
    )
    with pytest.raises(ProviderError, match='no matches for kind "SecretStore"'):
        scene.kubernetes.create(STORE, store())


def test_a_definition_can_be_left_out_and_an_old_version_served(azure: Azure) -> None:
    scene = Operated(azure, crds={"createClusterSecretStore": False, "unsafeServeV1Beta1": True})
    with pytest.raises(ProviderError, match='no matches for kind "ClusterSecretStore"'):
        scene.kubernetes.create(
            CLUSTER_STORE, {**store(), "kind": "ClusterSecretStore", "metadata": {"name": "azure"}}
        )
    scene.kubernetes.create(
        "external-secrets.io/v1beta1:SecretStore", {**store(), "apiVersion": "external-secrets.io/v1beta1"}
    )


def test_with_the_release_go_its_objects_and_what_they_own(scene: Operated) -> None:
    made = scene.secret_of()
    scene.kubernetes.delete(RELEASE, scene.release, name="eso")
    assert not [
        key for key in scene.objects() if "ecretStore" in key or "ExternalSecret" in key or "/Secret/" in key
    ]
    scene.kubernetes.delete(SECRET, made)


def test_a_deletion_waits_for_an_operator_that_is_gone(azure: Azure) -> None:
    scene = Scene(azure, addons=None)
    (id_,) = azure.world.kubernetes
    for plural, kind in (("externalsecrets", "ExternalSecret"), ("secretstores", "SecretStore")):
        spec = {
            "group": "external-secrets.io",
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
        }
        versions = [{"name": "v1", "served": True, "storage": True}]
        name = f"{plural}.external-secrets.io"
        definition = manifest(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition", name, spec={**spec, "versions": versions}
        )
        SimulatedCluster(azure.world, id_).create(definition)
    wanted = {
        "chart": "external-secrets",
        "name": "eso",
        "namespace": "default",
        "values": {"installCRDs": False},
    }
    release = scene.kubernetes.create(RELEASE, wanted)
    made = scene.kubernetes.create(SECRET, external_secret())
    scene.kubernetes.delete(RELEASE, release)
    with pytest.raises(
        ProviderError, match="timed out waiting for the condition\nfinalizers might be preventing deletion"
    ):
        scene.kubernetes.delete(SECRET, made)


def test_a_new_version_comes_with_the_next_refresh_and_reloader_sees_it(scene: Operated) -> None:
    reloader(scene)
    scene.secret_of()
    wanted = reading()
    wanted["metadata"]["annotations"] = {"secret.reloader.stakater.com/reload": "db"}
    scene.kubernetes.create(DEPLOYMENT, wanted)
    new_version(scene.azure.world, "kv-one", "db", "hunter3")
    before = scene.made()
    scene.kubernetes.service_account("other")
    assert scene.made() == before
    scene.poll()
    assert scene.made()["data"] == {"password": scene.azure.world.keyed_hash("hunter3")}
    assert '"name": "db"' in (last_reloaded(scene) or "")
    before = scene.made()
    scene.poll()
    assert scene.made() == before


@pytest.mark.parametrize(
    ("spec", "refreshed", "changed"),
    [
        ({}, True, True),
        ({"refreshInterval": "0s"}, False, False),
        ({"refreshPolicy": "CreatedOnce"}, False, False),
        ({"refreshPolicy": "OnChange"}, False, True),
    ],
    ids=["periodic", "no interval", "once", "on change"],
)
def test_a_refresh_policy_says_when(
    scene: Operated, spec: dict[str, Any], refreshed: bool, changed: bool
) -> None:
    made = scene.secret_of(**spec)
    old, new = ({"password": scene.azure.world.keyed_hash(value)} for value in ("hunter2", "hunter3"))
    scene.rotate()
    assert scene.made()["data"] == (new if refreshed else old)
    other = external_secret(**spec)
    other["metadata"]["labels"] = {"a": "b"}
    scene.kubernetes.update(SECRET, made, other)
    assert scene.made()["data"] == (new if changed else old)


def test_a_secret_that_somebody_removes_comes_again(scene: Operated) -> None:
    scene.secret_of(refreshPolicy="CreatedOnce")
    del scene.objects()["core/Secret/demo/db"]
    scene.kubernetes.service_account("other")
    assert scene.made()["data"]


def test_an_order_that_is_wrong_rights_itself(azure: Azure) -> None:
    scene = Operated(azure, granted=False)
    scene.secret_of()
    missing = 'could not get SecretStore "azure", SecretStore.external-secrets.io "azure" not found'
    assert scene.event() == f"UpdateFailed: error processing spec.data[0] (key: db), err: {missing}"
    assert scene.condition() == ("False", "SecretSyncedError", "could not get secret data from provider")
    scene.store()
    assert scene.event().startswith(NO_RIGHT)
    assert scene.event().endswith('InnerError={"code":"ForbiddenByRbac"}')
    scene.grant()
    scene.poll()
    assert scene.condition()[0] == "True"


@pytest.mark.parametrize(
    ("azure_kv", "annotations", "says"),
    [
        ({"serviceAccountRef": {"name": "nobody"}}, None, 'ServiceAccount "nobody" not found'),
        (
            {},
            {},
            "missing clientID: either serviceAccountRef or service account annotation "
            "'azure.workload.identity/client-id' is missing",
        ),
        ({"tenantId": None}, None, "missing tenantID in store config"),
        (
            {"serviceAccountRef": None},
            None,
            "missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and "
            "AZURE_FEDERATED_TOKEN_FILE must be set",
        ),
        ({"authType": None}, None, "missing secretRef in provider config"),
    ],
    ids=["no account", "no client", "no tenant", "the operator's own", "a service principal"],
)
def test_a_store_says_what_its_account_lacks(
    azure: Azure, azure_kv: dict[str, Any], annotations: dict[str, str] | None, says: str
) -> None:
    scene = Operated(azure, annotations=annotations)
    assert timed_out(scene, STORE, store(**azure_kv)) == f"InvalidProviderConfig: {says}"
    assert scene.condition("SecretStore") == ("False", "InvalidProviderConfig", "unable to create client")


def test_one_tenant_is_enough(azure: Azure) -> None:
    scene = Scene(azure)
    both = {
        "azure.workload.identity/client-id": scene.identity["clientId"],
        TENANT: scene.identity["tenantId"],
    }
    scene.kubernetes.create(RELEASE, {"chart": "external-secrets", "name": "eso", "namespace": "default"})
    account = manifest("v1", "ServiceAccount", "reader", "demo")
    account["metadata"]["annotations"] = both
    scene.kubernetes.create("core/v1:ServiceAccount", account)
    made = scene.kubernetes.create(STORE, store())
    events = [one["message"] for one in scene.objects().values() if one["kind"] == "Event"]
    assert events == [
        "multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef"
    ]
    scene.kubernetes.update(STORE, made, store(useAzureSDK=True))
    assert [one["message"] for one in scene.objects().values() if one["kind"] == "Event"] == []


def test_entra_wants_the_subject_and_only_the_old_sdk_asks_at_once(azure: Azure) -> None:
    scene = Operated(azure)
    account = manifest("v1", "ServiceAccount", "stranger", "demo")
    account["metadata"]["annotations"] = {"azure.workload.identity/client-id": scene.identity["clientId"]}
    scene.kubernetes.create("core/v1:ServiceAccount", account)
    said = timed_out(scene, STORE, store(serviceAccountRef={"name": "stranger"}))
    assert "FromAssertion(): http call(https://login.microsoftonline.com/" in said
    assert "AADSTS700213" in said
    assert "system:serviceaccount:demo:stranger" in said
    scene.secret_of()
    there = Resource("demo/azure", store(), scene.the("SecretStore"))
    scene.kubernetes.update(STORE, there, store(serviceAccountRef={"name": "stranger"}, useAzureSDK=True))
    assert scene.condition("SecretStore")[0] == "True"
    assert "err: ClientAssertionCredential authentication failed. AADSTS700213" in scene.event()


def test_a_shared_identity_is_the_operators_own(azure: Azure) -> None:
    scene = Scene(azure, addons=None)
    scene.grant()
    azure.credential("eso", issuer=scene.issuer, subject="system:serviceaccount:default:eso-external-secrets")
    account = {"annotations": {"azure.workload.identity/client-id": scene.identity["clientId"]}}
    values = {"podLabels": {"azure.workload.identity/use": "true"}, "serviceAccount": account}
    scene.kubernetes.create(
        RELEASE,
        {"chart": "external-secrets", "name": "eso", "namespace": "default", "values": values},
        name="eso",
    )
    wanted = store(serviceAccountRef=None, tenantId=None)
    with pytest.raises(ProviderError, match="timed out"):
        scene.kubernetes.create(STORE, waiting(wanted))
    webhook = {"chart": "workload-identity-webhook", "name": "wi", "namespace": "default"}
    scene.kubernetes.create(RELEASE, webhook, name="wi")
    scene.kubernetes.create(SECRET, waiting(external_secret()))


def test_a_store_of_the_cluster_serves_the_namespaces_it_names(azure: Azure) -> None:
    scene = Operated(azure)
    wanted: dict[str, Any] = {**store(), "kind": "ClusterSecretStore", "metadata": {"name": "azure"}}
    wanted["spec"] = {**wanted["spec"], "conditions": [{"namespaces": ["team-a"]}]}
    made = scene.kubernetes.create(CLUSTER_STORE, waiting(wanted))
    scene.secret_of(secretStoreRef={"name": "azure", "kind": "ClusterSecretStore"})
    assert scene.event().endswith(
        'using cluster store "azure" is not allowed from namespace "demo": denied by spec.condition'
    )
    selector = {
        "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["demo"]}]
    }
    open_ = {**wanted, "spec": {**wanted["spec"], "conditions": [{"namespaceSelector": selector}]}}
    scene.kubernetes.update(CLUSTER_STORE, made, open_)
    assert scene.condition()[0] == "True"


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"key": "secrets/db"}, "unknown Azure Keyvault object Type for db"),
        ({"key": "key/signing"}, "Action: 'Microsoft.KeyVault/vaults/keys/read'"),
        ({"key": "db", "version": "0" * 32}, "Secret does not exist"),
        ({"key": "db", "metadataPolicy": "Fetch", "property": "team"}, "tag team does not exist"),
    ],
    ids=["a type that is none", "a key without the right", "a version that is none", "a tag that is none"],
)
def test_what_cannot_be_read_is_said(scene: Operated, reference: dict[str, Any], says: str) -> None:
    scene.secret_of({"secretKey": "a", "remoteRef": reference})
    assert scene.event().startswith(
        f"UpdateFailed: error processing spec.data[0] (key: {reference['key']}), err: "
    )
    assert says in scene.event()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "https://kv-two.vault.azure.net",
            "Failure sending request: StatusCode=0 -- Original Error: dial tcp: lookup "
            "kv-two.vault.azure.net",
        ),
        ("kv-one.vault.azure.net", "autorest: No scheme detected in URL kv-one.vault.azure.net"),
    ],
    ids=["no vault", "no scheme"],
)
def test_the_vault_has_to_be_at_its_address(azure: Azure, url: str, says: str) -> None:
    scene = Operated(azure)
    scene.store(vaultUrl=url)
    scene.secret_of()
    assert scene.condition("SecretStore")[0] == "True"
    assert says in scene.event()


def test_a_property_is_taken_to_be_there_and_a_prefix_says_the_type(scene: Operated) -> None:
    scene.secret_of({"secretKey": "a", "remoteRef": {"key": "secret/db", "property": "user"}}, DATA)
    values = scene.made()["data"]
    assert set(values) == {"a", "password"}
    assert values["a"] != values["password"]
    assert all(value.startswith("hmac-sha256:") for value in values.values())


def test_extract_brings_keys_that_nobody_knows(scene: Operated) -> None:
    scene.secret_of(dataFrom=[{"extract": {"key": "db"}}])
    before = scene.made()
    assert isinstance(before["data"], str)
    scene.kubernetes.create(DEPLOYMENT, reading())
    scene.poll()
    assert scene.made() == before
    scene.rotate()
    assert scene.made()["data"] != before["data"]


def test_extract_is_for_secrets_only(scene: Operated) -> None:
    scene.secret_of(dataFrom=[{"extract": {"key": "cert/web"}}])
    assert (
        scene.event()
        == "UpdateFailed: error processing spec.dataFrom[0].extract, err: cannot get use dataFrom to get "
        "certificate secret"
    )


def test_find_takes_a_right_on_the_vault(scene: Operated) -> None:
    scene.secret_of(dataFrom=[{"find": {"name": {"regexp": "^d"}}}])
    prefix = (
        "UpdateFailed: error processing spec.dataFrom[0].find, err: error getting all secrets: "
        "keyvault.BaseClient#GetSecrets: "
    )
    assert scene.event().startswith(prefix)
    assert "Action: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'" in scene.event()


def test_find_brings_the_secrets_of_these_names_and_tags(azure: Azure) -> None:
    scene = Operated(azure, granted=False)
    scene.grant(SECRETS_USER, VAULT)
    azure.secret("dba", Secret("b"), tags={"team": "a"})
    azure.secret("off", Secret("c"), tags={"team": "a"})
    scene.store()
    rewrite = [{"regexp": {"source": "^d(.*)", "target": "D_$1"}}]
    made = scene.secret_of(dataFrom=[{"find": {"name": {"regexp": "^d"}}, "rewrite": rewrite}])
    assert set(scene.made()["data"]) == {"D_b", "D_ba"}
    by_tags = external_secret(dataFrom=[{"find": {"name": {"regexp": "^d"}, "tags": {"team": "a"}}}])
    scene.kubernetes.update(SECRET, made, by_tags)
    assert scene.made()["data"] == {"dba": azure.world.keyed_hash("b")}


def test_of_a_vault_whose_address_is_secret_everything_is_taken_to_be_there(azure: Azure) -> None:
    scene = Operated(azure, granted=False)
    scene.store(vaultUrl=Secret("https://kv-nine.vault.azure.net"))
    scene.secret_of(DATA, dataFrom=[{"find": {"name": {"regexp": "x"}}}])
    assert isinstance(scene.made()["data"], str)
    scene.kubernetes.create(DEPLOYMENT, reading())


def _rights(scene: Operated, *names: str) -> None:
    rule = {
        "apiGroups": [""],
        "resources": ["serviceaccounts/token"],
        "verbs": ["create"],
        **({"resourceNames": list(names)} if names else {}),
    }
    role = manifest("rbac.authorization.k8s.io/v1", "Role", "tokens", "demo", rules=[rule])
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tokens"}
    subject = {"kind": "ServiceAccount", "name": "operator", "namespace": "default"}
    binding = manifest(
        "rbac.authorization.k8s.io/v1", "RoleBinding", "tokens", "demo", roleRef=reference, subjects=[subject]
    )
    for kind, wanted in (("Role", role), ("RoleBinding", binding)):
        scene.kubernetes.create(f"rbac.authorization.k8s.io/v1:{kind}", wanted)


@pytest.mark.parametrize("names", [(), ("reader",)])
def test_an_operator_without_the_right_to_tokens_needs_a_role_for_each_account(
    azure: Azure, names: tuple[str, ...]
) -> None:
    scene = Operated(azure, rbac={"serviceAccountTokenCreate": False}, serviceAccount={"name": "operator"})
    scene.store()
    assert scene.event("SecretStore") == (
        'InvalidProviderConfig: serviceaccounts "reader" is forbidden: User "system:serviceaccount:default:external-secrets" cannot create '
        'resource "serviceaccounts/token" in API group "" in the namespace "demo"'
    )
    _rights(scene, *names)
    scene.secret_of()
    assert scene.made()["data"] == {"password": azure.world.keyed_hash("hunter2")}


def test_a_role_for_another_account_does_not_do(azure: Azure) -> None:
    scene = Operated(azure, rbac={"serviceAccountTokenCreate": False}, serviceAccount={"name": "operator"})
    _rights(scene, "somebody")
    scene.store()
    assert scene.condition("SecretStore")[0] == "False"
