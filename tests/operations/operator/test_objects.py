"""The objects, held against the operator's own definitions and the API server's types."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.operator.stack_files import object_name
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.admission import custom_refusal, refusal
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in
from rehearsal.simulators.kubernetes.apiserver.openapi import declared
from tests.operations.operator.folders import ENCRYPTION, IDENTITIES, KEY, TEAM, project, written
from tools.ci import federation

CRDS = Path(__file__).parent / "crds"
Manifest = dict[str, Any]
MINOR = "1.36.0"


def objects(folder: Path, *arguments: object, **options: str) -> list[Manifest]:
    """All objects of the folder that the command writes."""
    done = written(project(folder), folder / "out", *arguments, **options)
    assert done.exit_code == 0, done.output
    files = sorted((folder / "out").rglob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def refused(manifest: Manifest) -> str:
    """The API server's refusal of an object that kubectl applies. Empty: it admits it."""
    kind = GroupVersionKind.of(manifest)
    if schema := schemas_in(CRDS).get(kind):
        error = custom_refusal(manifest, schema, declared(MINOR))
    else:
        error = refusal(manifest, None, declared(MINOR), lambda *_: None)
    return str(error or "")


def workspace(stack: Manifest) -> Manifest:
    """The Workspace that the operator makes of a Stack, as far as the template decides (setupWorkspace)."""
    spec = stack["spec"]
    template = spec["workspaceTemplate"]["spec"]
    own = [{"name": "PULUMI_BACKEND_URL", "value": spec["backend"]}]
    return {
        "apiVersion": "auto.pulumi.com/v1alpha1",
        "kind": "Workspace",
        "metadata": stack["metadata"],
        "spec": {
            **template,
            "serviceAccountName": spec["serviceAccountName"],
            "git": {"url": spec["projectRepo"], "ref": "0123abc", "shallow": spec["shallow"]},
            "env": [*own, *template["env"]],
            "stacks": [{"name": spec["stack"], "create": not spec["useLocalStackOnly"]}],
        },
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"git_token": "git:token", "directory": "infra", "subscription": IDENTITIES["shop"]},
        {"repository": "git@git.example.com:shop/infra.git", "git_ssh_key": "git:ssh", "branch": "release/1"},
    ],
)
def test_the_api_server_admits_every_object(tmp_path: Path, options: dict[str, str]) -> None:
    manifests = [
        each for each in objects(tmp_path, "--preview", **options) if each["kind"] != "Kustomization"
    ]
    workspaces = [workspace(stack) for stack in of_kind(manifests, "Stack").values()]
    assert len(workspaces) == 3
    assert [refused(each) for each in (*manifests, *workspaces)] == [""] * 12


def test_an_unknown_field_would_be_refused(tmp_path: Path) -> None:
    stack = of_kind(objects(tmp_path), "Stack")["shop"]
    stack["spec"]["workspaceTemplate"]["spec"]["labels"] = {}
    assert ".spec.workspaceTemplate.spec.labels: field not declared in schema" in refused(stack)


@pytest.mark.parametrize(("resync", "within"), [("2h", "3600s"), ("5m", "600s")])
def test_teams_wait_for_a_platform_that_was_updated_lately(tmp_path: Path, resync: str, within: str) -> None:
    """And long enough ago for a pod to have started meanwhile."""
    stacks = of_kind(objects(tmp_path, resync=resync), "Stack")
    waits = {name: stack["spec"].get("prerequisites") for name, stack in stacks.items()}
    lately = [{"name": "platform", "requirement": {"succeededWithinDuration": within}}]
    assert waits == {"platform": None, "shop": lately, "billing": lately}
    assert {stack["metadata"]["namespace"] for stack in stacks.values()} == {"pulumi"}, "one for all"


def test_a_stack_waits_for_those_whose_outputs_it_copies(tmp_path: Path) -> None:
    """By whichever name; not for one that is deployed elsewhere, and not in a circle."""

    def copying(name: str, *sources: str) -> str:
        copies = [
            {"name": f"copy-{at}", "from": "stack", "stack": {"name": source, "output": "key"}}
            for at, source in enumerate(sources)
        ]
        secrets = yaml.safe_dump(copies, default_flow_style=True, width=10_000).strip()
        text = TEAM.replace("[{name: NAME-key, from: config}]", secrets).replace("NAME", name)
        text = text.replace("organization/aks-secrets/platform", "platform")
        return ENCRYPTION + re.sub("  secret-values.*\n", "", text)

    billing = copying("billing", "shop", "organization/aks-secrets/shop", "organization/data/prod")
    program = project(tmp_path, billing=billing, shop=copying("shop", "billing"))
    done = written(program, tmp_path / "out")
    assert done.exit_code == 0, done.output
    waits = {
        name: [
            each["name"]
            for each in yaml.safe_load_all((tmp_path / f"out/stacks/{name}.yaml").read_text())
            if each["kind"] == "Stack"
            for each in each["spec"]["prerequisites"]
        ]
        for name in ("billing", "shop")
    }
    assert waits == {"billing": ["platform", "shop"], "shop": ["platform"]}


def test_drift_is_corrected_at_each_resync(tmp_path: Path) -> None:
    spec = of_kind(objects(tmp_path, resync="1h"), "Stack")["shop"]["spec"]
    drift = {"refresh": True, "continueResyncOnCommitMatch": True, "resyncFrequencySeconds": 3600}
    assert {key: spec[key] for key in drift} == drift
    assert "preview" not in spec
    assert spec["destroyOnFinalize"] is False


def test_pods_sign_in_as_the_identity_of_their_own_stack(tmp_path: Path) -> None:
    manifests = objects(tmp_path)
    accounts = of_kind(manifests, "ServiceAccount")
    annotation = "azure.workload.identity/client-id"
    assert {
        name: each["metadata"]["annotations"][annotation] for name, each in accounts.items()
    } == IDENTITIES
    for name, stack in of_kind(manifests, "Stack").items():
        spec = stack["spec"]["workspaceTemplate"]["spec"]
        assert stack["spec"]["serviceAccountName"] == name
        assert spec["podTemplate"]["metadata"]["labels"] == {"azure.workload.identity/use": "true"}
        environment = {each["name"]: each["value"] for each in spec["env"]}
        assert environment["ARM_USE_DEFAULT_AZURE_CREDENTIAL"] == "true"
        assert environment["ARM_SUBSCRIPTION_ID"] == "5b5c5c5b-0000-4000-8000-00000000000b"
        assert environment["AAD_LOGIN_METHOD"] == "workloadidentity"
    (binding,) = of_kind(manifests, "ClusterRoleBinding").values()
    assert {subject["name"] for subject in binding["subjects"]} == IDENTITIES.keys()
    assert binding["roleRef"]["name"] == "system:auth-delegator", "and no other right in the cluster"


def test_federated_credentials_trust_the_service_accounts(tmp_path: Path) -> None:
    names = "platform,shop,Shop_EU"
    setup, _ = federation.parse(
        ["--operator", "https://issuer.example/", "--subscription", "s", "--stacks", names, "--name", "shop"]
    )
    lines = [command.arguments for command in federation.commands(setup)]
    credentials = [words for words in lines if "federated-credential" in words]
    subjects = [words[words.index("--subject") + 1] for words in credentials]
    expected = [f"system:serviceaccount:pulumi:{object_name(name)}" for name in names.split(",")]
    assert subjects == expected
    assert "system:serviceaccount:pulumi:shop-eu" in subjects
    assert not [words for words in lines if "id-shop-ci-shop-preview" in words], "nothing previews apart"
    assert setup.secrets_provider == KEY


def test_a_stack_has_to_exist_in_the_backend(tmp_path: Path) -> None:
    """Else a mistyped backend would make everything a second time."""
    for stack in of_kind(objects(tmp_path), "Stack").values():
        assert stack["spec"]["useLocalStackOnly"] is True
        assert stack["spec"]["backend"] == "azblob://state?storage_account=stshopci"
        assert stack["spec"]["secretsProvider"] == KEY
        assert stack["spec"]["stack"] == f"organization/aks-secrets/{stack['metadata']['name']}"


def test_no_file_holds_a_secret(tmp_path: Path) -> None:
    program = project(tmp_path)
    assert written(program, tmp_path / "out", git_token="git:token").exit_code == 0
    texts = [file.read_text() for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert not [text for text in texts if "canary" in text or "encryptedkey: Q" in text or "QUFB" in text]
    stack = yaml.safe_load_all((tmp_path / "out/stacks/shop.yaml").read_text())
    (spec,) = (each["spec"] for each in stack if each["kind"] == "Stack")
    assert spec["gitAuth"] == {"accessToken": {"type": "Secret", "secret": {"name": "git", "key": "token"}}}
    assert "secrets" not in spec
    assert "config" not in spec


def test_pulumis_own_image_serves_where_no_kubeconfig_runs_kubelogin(tmp_path: Path) -> None:
    local = ENCRYPTION + (
        "config:\n  azure-native:location: westeurope\n"
        "  azure-native:subscriptionId: 5b5c5c5b-0000-4000-8000-00000000000b\n"
        "  aks-secrets:composition: platform\n"
        "  aks-secrets:cluster:\n    entra: {enabled: false}\n    local_accounts: true\n"
        "    system_pool: {vm_size: Standard_D4s_v5, count: 3}\n"
        "  aks-secrets:operators: {csi_driver: {}}\n"
    )
    program = project(tmp_path, platform=local, shop=ENCRYPTION + TEAM.replace("NAME", "shop"))
    done = written(program, tmp_path / "out", image="")
    assert done.exit_code == 0, done.output
    stack = (tmp_path / "out/stacks/shop.yaml").read_text()
    assert "image: pulumi/pulumi:3." in stack
    assert "-nonroot" in stack
