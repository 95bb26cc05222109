"""The Secrets Store CSI driver and its Azure provider in the simulated Kubernetes: who can mount, and who waits for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators import csi
from rehearsal.simulators.kubernetes.provider.await_ import InitFailedError
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import DEPLOYMENT, TOKENS, owner
from tests.support.mounting import ENV, RELEASE, ROLE, SYNCED, VAULT, VOLUME, Scene, mounting, pods

SECRETS_OFFICER, CERTIFICATE_USER, READER, OWNER = (
    f"{ROLE}/{guid}"
    for guid in (
        *("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"),
        *("21090545-7ca7-4776-b22c-e363652d74d2", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    )
)
FAILED = 'FailedMount: MountVolume.SetUp failed for volume "store" : '
CRDS = Path(csi.__file__).parent / "crds"
PROVIDER = "rpc error: code = Unknown desc = failed to mount objects, error: "


@pytest.fixture
def scene(azure: Azure) -> Scene:
    scene = Scene(azure)
    scene.grant()
    return scene


def reasons(scene: Scene, wanted: dict[str, Any] | None = None, token: str = DEPLOYMENT) -> list[str]:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(token, wanted or mounting())
    return failed.value.reasons


def refused(scene: Scene, wanted: dict[str, Any] | None = None) -> str:
    """What the provider says."""
    last = reasons(scene, wanted)[-1]
    start = (
        f"{FAILED}rpc error: code = Unknown desc = failed to mount secrets store objects for pod demo/app-"
    )
    assert last.startswith(start)
    return last.split(", err: ", 1)[1].removeprefix(PROVIDER)


def test_a_pod_with_all_that_it_needs_comes_up(scene: Scene) -> None:
    scene.class_of()
    scene.kubernetes.create(DEPLOYMENT, mounting())
    ((name, status),) = [
        (k, v["status"]) for k, v in scene.objects().items() if "SecretProviderClassPodStatus" in k
    ]
    assert name.endswith("-demo-app")
    secret = scene.azure.world.get(f"{VAULT}/secrets/db")
    assert secret is not None
    version = secret.properties["properties"]["secretUriWithVersion"].rsplit("/", 1)[1]
    assert (status["mounted"], status["objects"]) == (True, [{"id": "secret/db", "version": version}])


def test_it_fails_in_the_words_of_the_provider(scene: Scene) -> None:
    failed = reasons(scene)
    assert failed[0] == "[MinimumReplicasUnavailable] Deployment does not have minimum availability."
    assert failed[3].startswith("[Pod demo/app-")
    assert failed[3].endswith("]: containers with unready status: [app]")
    assert failed[4] == (
        f"{FAILED}rpc error: code = Unknown desc = failed to get secretproviderclass demo/app, error: "
        'SecretProviderClass.secrets-store.csi.x-k8s.io "app" not found'
    )


def test_the_next_update_tries_again(scene: Scene) -> None:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(DEPLOYMENT, mounting())
    kept = scene.kubernetes.check(DEPLOYMENT, mounting())
    there = Resource(failed.value.id, kept, failed.value.outputs)
    with pytest.raises(InitFailedError, match="'app' was created but failed to initialize"):
        scene.kubernetes.read(DEPLOYMENT, there)
    scene.class_of()
    mended = scene.kubernetes.update(DEPLOYMENT, there, mounting())
    assert scene.kubernetes.read(DEPLOYMENT, mended) is not None
    assert not [key for key in scene.objects() if "/Event/" in key]


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet", "Job", "Pod"])
def test_every_kind_of_pod_waits_for_its_files(scene: Scene, kind: str) -> None:
    wanted = manifest("v1", "Pod", "app", "demo", spec=pods()) if kind == "Pod" else owner(kind, pods=pods())
    assert reasons(scene, wanted, TOKENS[kind])[-1].startswith(
        f"{FAILED}rpc error: code = Unknown desc = failed to get secretproviderclass"
    )
    scene.class_of()
    wanted["metadata"]["name"] = "other"
    scene.kubernetes.create(TOKENS[kind], wanted)


def test_a_failed_rollout_leaves_the_old_pods(scene: Scene) -> None:
    scene.class_of(synced=[SYNCED])
    made = scene.kubernetes.create(DEPLOYMENT, mounting(ENV))
    with pytest.raises(InitFailedError):
        scene.kubernetes.update(
            DEPLOYMENT,
            made,
            mounting(ENV, {**ENV, "name": "B", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}),
        )
    running = [pod["status"]["phase"] for key, pod in scene.objects().items() if key.startswith("core/Pod/")]
    assert sorted(running) == ["Pending", "Running"]
    assert "core/Secret/demo/db-synced" in scene.objects()


def test_the_driver_has_to_be_installed(azure: Azure) -> None:
    scene = Scene(azure, addons=None)
    assert reasons(scene)[-1] == (
        f"{FAILED}kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name "
        "secrets-store.csi.k8s.io not found in the list "
        "of registered CSI drivers"
    )


def release(scene: Scene, chart: str, **values: Any) -> None:
    wanted = {"chart": chart, "name": chart, "namespace": "default", "values": values}
    scene.kubernetes.create(RELEASE, wanted, name=chart)


def test_the_providers_chart_can_leave_the_driver_out(azure: Azure) -> None:
    scene = Scene(azure, addons=None)
    release(scene, "csi-secrets-store-provider-azure", **{"secrets-store-csi-driver": {"install": False}})
    scene.class_of()
    assert reasons(scene)[-1].endswith("not found in the list of registered CSI drivers")


def test_the_drivers_own_chart_brings_no_provider(azure: Azure) -> None:
    scene = Scene(azure, addons=None)
    scene.grant()
    release(scene, "secrets-store-csi-driver")
    scene.class_of()
    assert refused(scene) == 'error connecting to provider "azure": provider not found: provider "azure"'
    release(scene, "csi-secrets-store-provider-azure", **{"secrets-store-csi-driver": {"install": False}})
    scene.kubernetes.create(DEPLOYMENT, {**mounting(), "metadata": {"name": "other", "namespace": "demo"}})


def test_a_volume_is_read_only(scene: Scene) -> None:
    scene.class_of()
    volume = {**VOLUME, "csi": {**VOLUME["csi"], "readOnly": False}}
    assert (
        reasons(scene, mounting(volume=volume))[-1]
        == f"{FAILED}rpc error: code = InvalidArgument desc = Readonly is not true in request"
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"keyvaultName": None}, "keyvaultName is not provided"),
        ({"tenantId": None}, "tenantId is not provided"),
        (
            {"keyvaultName": "kv"},
            'failed to get vault: Invalid vault name: "kv", must be between 3 and 24 chars',
        ),
        (
            {"keyvaultName": "kv_one"},
            'failed to get vault: Invalid vault name: "kv_one", must match [-a-zA-Z0-9]{3,24}',
        ),
        (
            {"usePodIdentity": "no"},
            'failed to parse usePodIdentity flag, error: strconv.ParseBool: parsing "no": invalid syntax',
        ),
        (
            {"usePodIdentity": "true", "useVMManagedIdentity": "true"},
            "only one identity mode can be enabled at a time: usePodIdentity, useVMManagedIdentity, or "
            "useAzureTokenProxy",
        ),
        (
            {"cloudName": "Azure"},
            "cloudName Azure is not valid, error: autorest/azure: There is no cloud environment matching "
            'the name "AZURE"',
        ),
        (
            {"clientID": None},
            "failed to build auth config for mode None: failed to get credentials, nodePublishSecretRef "
            "secret is not set",
        ),
        ({"objects": None}, "objects is not set"),
        (
            {"objects": "array:\n  - objectName: db\n"},
            "failed to yaml unmarshal objects, error: yaml: unmarshal errors:\n  line 2: cannot unmarshal "
            "!!map into string",
        ),
        (
            {"objects": "- db\n"},
            "failed to yaml unmarshal objects, error: yaml: unmarshal errors:\n  line 1: cannot unmarshal "
            "!!seq into types.StringArray",
        ),
        ({"objects": "array: []\n"}, "missing object versions"),
    ],
)
def test_what_the_provider_says_of_parameters(scene: Scene, more: dict[str, Any], says: str) -> None:
    scene.class_of(**more)
    assert refused(scene) == says


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"objectType": "secrets"}, "Invalid vaultObjectTypes. Should be secret, key, or cert"),
        ({"objectAlias": "../db"}, "file name must not contain '..'"),
        ({"objectAlias": "/db"}, "file name must be a relative path"),
        ({"objectName": ""}, "file name must not be empty"),
        ({"objectFormat": "der"}, "invalid objectFormat: der, should be PEM or PFX"),
        ({"objectType": "cert", "objectFormat": "pfx"}, "PFX format only supported for objectType: secret"),
        (
            {"objectType": "key", "objectEncoding": "hex"},
            "objectEncoding only supported for objectType: secret",
        ),
        ({"objectEncoding": "latin1"}, "invalid objectEncoding: latin1, should be hex, base64 or utf-8"),
    ],
)
def test_what_the_provider_says_of_an_object(scene: Scene, wanted: dict[str, Any], says: str) -> None:
    one = {"objectName": "db", "objectType": "secret", **wanted}
    scene.class_of(one)
    assert (
        refused(scene)
        == f"failed to get objectType:{one['objectType']}, objectName:{one['objectName']}, objectVersion:: {says}"
    )


def test_history_is_a_number(scene: Scene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": "two"})
    assert refused(scene) == (
        "unmarshal failed for keyVaultObjects at index 0, error: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `two` into int32"
    )


def test_an_object_says_what_its_file_is(scene: Scene) -> None:
    """A permission that is no number is not refused: types/parameters.go has the error, provider.go drops it."""
    one = "objectName: db\nobjectType: secret\nobjectAlias: a/b\nobjectFormat: PEM\nobjectEncoding: UTF-8\nfilePermission: x\n"
    one += "objectVersion:\n"
    scene.class_of(one, synced=[{**SYNCED, "data": [{"objectName": "a/b", "key": "password"}]}])
    scene.kubernetes.create(DEPLOYMENT, mounting(ENV))


ANSWER = "failed to get objectType:secret, objectName:db, objectVersion:: "
CREDENTIAL = (
    "ClientAssertionCredential authentication failed. {code}: No matching federated identity record found for presented assertion {what}. "
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


def test_the_identity_trusts_the_account_of_the_pod(scene: Scene) -> None:
    scene.class_of()
    scene.kubernetes.service_account("other")
    subject = "subject 'system:serviceaccount:demo:other'"
    wanted = mounting(serviceAccountName="other")
    assert refused(scene, wanted) == ANSWER + CREDENTIAL.format(code="AADSTS700213", what=subject)
    scene.azure.credential("other", issuer=scene.issuer, subject="system:serviceaccount:demo:other")
    wanted["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, wanted)


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        ({"issuer": "https://issuer.example/"}, "AADSTS700211", "issuer '{issuer}'"),
        (
            {"audiences": ["api://AzureADTokenExchangeChina"]},
            "AADSTS700212",
            "audience 'api://AzureADTokenExchange'",
        ),
    ],
)
def test_the_identity_trusts_the_issuer_and_the_audience(
    azure: Azure, change: dict[str, Any], code: str, what: str
) -> None:
    scene = Scene(azure)
    scene.grant()
    (credential,) = [
        found for found in azure.world.azure.values() if "/federatedidentitycredentials/" in found.id.lower()
    ]
    credential.properties = {**credential.properties, **change}
    scene.class_of()
    assert refused(scene) == ANSWER + CREDENTIAL.format(code=code, what=what.format(issuer=scene.issuer))


def test_the_identity_exists(scene: Scene) -> None:
    scene.class_of(clientID="00000000-0000-4000-8000-000000000000")
    assert (
        "AADSTS700016: Application with identifier '00000000-0000-4000-8000-000000000000' was not found"
        in refused(scene)
    )


@pytest.mark.parametrize(
    ("role", "scope", "wanted", "allowed"),
    [
        (ROLE + "/4633458b-17de-408a-b874-0445c86b69e6", VAULT, {}, True),
        (SECRETS_OFFICER, VAULT, {}, True),
        (CERTIFICATE_USER, VAULT, {}, True),
        (READER, VAULT, {}, False),
        (OWNER, VAULT, {}, False),
        (SECRETS_OFFICER, f"{VAULT}/secrets/dbx", {}, False),
        (SECRETS_OFFICER, VAULT, {"objectType": "key"}, False),
        (SECRETS_OFFICER, VAULT, {"objectType": "cert"}, False),
        (CERTIFICATE_USER, f"{VAULT}/keys/db", {"objectType": "key"}, True),
        (CERTIFICATE_USER, f"{VAULT}/certificates/db", {"objectType": "cert"}, True),
        (READER, VAULT, {"objectType": "cert"}, True),
        (SECRETS_OFFICER, f"{VAULT}/secrets/db", {"objectVersionHistory": 2}, True),
    ],
)
def test_what_a_role_lets_a_pod_read(
    azure: Azure, role: str, scope: str, wanted: dict[str, Any], allowed: bool
) -> None:
    scene = Scene(azure)
    scene.grant(role, scope)
    one = {"objectName": "db", "objectType": "secret", **wanted}
    scene.class_of(one)
    if allowed:
        scene.kubernetes.create(DEPLOYMENT, mounting())
        return
    action = {"secret": "secrets/getSecret/action", "key": "keys/read", "cert": "certificates/read"}[
        str(one["objectType"])
    ]
    collection = {"secret": "secrets", "key": "keys", "cert": "certificates"}[str(one["objectType"])]
    said = refused(scene)
    assert (
        "RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden Caller is not authorized to perform action on resource."
        in said
    )
    assert f"oid={scene.identity['principalId']};" in said
    assert (
        f"Action: 'Microsoft.KeyVault/vaults/{action}' Resource: '{VAULT.lower()}/{collection}/db' Assignment: (not found)"
        in said
    )


@pytest.mark.parametrize(
    ("verbs", "history", "missing"),
    [(["get"], 0, None), (["list"], 0, "get"), (["get"], 2, "list"), (["all"], 2, None)],
)
def test_access_policies_where_the_vault_has_them(
    azure: Azure, verbs: list[str], history: int, missing: str | None
) -> None:
    scene = Scene(azure, enableRbacAuthorization=False)
    scene.grant(SECRETS_OFFICER, VAULT)  # counts for nothing here
    (vault,) = [found for found in azure.world.azure.values() if found.id.lower() == VAULT.lower()]
    vault.properties["properties"]["accessPolicies"] = [
        {"objectId": scene.identity["principalId"], "tenantId": "x", "permissions": {"secrets": verbs}}
    ]
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": history})
    if missing is None:
        scene.kubernetes.create(DEPLOYMENT, mounting())
    else:
        assert (
            f"does not have secrets {missing} permission on key vault 'kv-one;location=westeurope'"
            in refused(scene)
        )


def test_the_vault_is_reached_by_name(scene: Scene) -> None:
    scene.class_of(keyvaultName="kv-two")
    assert refused(scene) == f"{ANSWER}dial tcp: lookup kv-two.vault.azure.net: no such host"


def test_a_version_that_never_was_is_missed(scene: Scene) -> None:
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersion": "0" * 32})
    assert (
        f"ERROR CODE: SecretNotFound A secret with (name/id) db/{'0' * 32} was not found in this key vault."
        in refused(scene)
    )


def test_a_deleted_secret_is_missed(scene: Scene) -> None:
    scene.class_of()
    scene.azure.delete("keyvault:Secret", scene.secret)
    assert refused(scene).startswith(
        f"{ANSWER}RESPONSE 404: 404 Not Found ERROR CODE: SecretNotFound A secret with (name/id) db was not found"
    )


def test_an_object_that_the_world_does_not_know_is_taken_to_be_there(azure: Azure) -> None:
    scene = Scene(azure)
    scene.grant(SECRETS_OFFICER, VAULT)
    scene.class_of({"objectName": "elsewhere", "objectType": "secret"})
    scene.kubernetes.create(DEPLOYMENT, mounting())


def test_identities_of_the_nodes_need_no_account(scene: Scene) -> None:
    addon = scene.cluster["addonProfiles"]["azureKeyvaultSecretsProvider"]["identity"]
    mode = {"clientID": None, "useVMManagedIdentity": "true"}
    scene.class_of(**mode, userAssignedIdentityID=addon["clientId"])
    assert f"oid={addon['objectId']};" in refused(scene)
    scene.azure.assignment(
        scope=VAULT,
        roleDefinitionId=SECRETS_OFFICER,
        principalId=addon["objectId"],
        principalType="ServicePrincipal",
        roleAssignmentName="21111111-2222-4333-8444-555555555555",
    )
    scene.kubernetes.create(DEPLOYMENT, {**mounting(), "metadata": {"name": "other", "namespace": "demo"}})


@pytest.mark.parametrize(
    ("identity", "says"),
    [
        ("", "Multiple user assigned identities exist"),
        ("id-app", "the requested identity isn't assigned to this resource: Identity not found"),
    ],
)
def test_an_identity_that_no_node_has_is_not_found(scene: Scene, identity: str, says: str) -> None:
    given = scene.identity["clientId"] if identity else ""
    scene.class_of(clientID=None, useVMManagedIdentity="true", userAssignedIdentityID=given)
    assert f"{ANSWER}ManagedIdentityCredential authentication failed. {says}" in refused(scene)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (("clientid", "clientsecret"), None),
        (("clientid",), "failed to build auth config for mode None: could not find clientsecret in secrets"),
        (
            ("id", "clientsecret"),
            "failed to build auth config for mode None: could not find clientid in secrets",
        ),
    ],
)
def test_a_service_principal_comes_from_a_secret(
    scene: Scene, keys: tuple[str, ...], says: str | None
) -> None:
    scene.class_of(clientID=None)
    volume = {**VOLUME, "csi": {**VOLUME["csi"], "nodePublishSecretRef": {"name": "principal"}}}
    wanted = mounting(volume=volume)
    missing = reasons(scene, wanted)[-1]
    assert missing.startswith(f"{FAILED}fetching NodePublishSecretRef demo/principal failed: ")
    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "principal", "demo", stringData=dict.fromkeys(keys, "x"))
    )
    wanted["metadata"]["name"] = "other"
    if says is None:
        scene.kubernetes.create(DEPLOYMENT, wanted)
    else:
        with pytest.raises(InitFailedError) as failed:
            scene.kubernetes.create(DEPLOYMENT, wanted)
        assert failed.value.reasons[-1].endswith(says)


def define_pod_identity(scene: Scene) -> None:
    """Taken as existing: nobody installs it any more."""
    (id_,) = scene.azure.world.kubernetes
    for file in ("azureidentities", "azureidentitybindings"):
        SimulatedCluster(scene.azure.world, id_).create(yaml.safe_load((CRDS / f"{file}.yaml").read_text()))


@pytest.mark.parametrize(
    ("label", "selector", "identity", "found"),
    [
        ("app", "app", "app", True),
        ("other", "app", "app", False),
        ("app", "app", "none", False),
        (None, None, "app", False),
    ],
    ids=["bound", "another label", "another identity", "no label"],
)
def test_pod_identity_goes_by_the_label(
    scene: Scene, label: str | None, selector: str | None, identity: str, found: bool
) -> None:
    define_pod_identity(scene)
    spec: dict[str, Any] = {"type": 0, "clientID": scene.identity["clientId"]}
    made = manifest("aadpodidentity.k8s.io/v1", "AzureIdentity", "app", "demo", spec=spec)
    with pytest.raises(ProviderError, match=r"\.spec\.type: expected numeric"):
        scene.kubernetes.create(
            "aadpodidentity.k8s.io/v1:AzureIdentity", {**made, "spec": {**spec, "type": "0"}}
        )
    scene.kubernetes.create("aadpodidentity.k8s.io/v1:AzureIdentity", made)
    binding = {"azureIdentity": identity, **({"selector": selector} if selector else {})}
    wanted = manifest("aadpodidentity.k8s.io/v1", "AzureIdentityBinding", "app", "demo", spec=binding)
    scene.kubernetes.create("aadpodidentity.k8s.io/v1:AzureIdentityBinding", wanted)
    scene.class_of(clientID=None, usePodIdentity="true")
    pod = mounting()
    if label:
        pod["spec"]["template"]["metadata"]["labels"]["aadpodidbinding"] = label
    if found:
        scene.kubernetes.create(DEPLOYMENT, pod)
    else:
        assert refused(scene, pod) == f"{ANSWER}nmi response failed with status code: 404"
