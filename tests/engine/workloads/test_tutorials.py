"""The stacks of the tutorials in examples/."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal

pytestmark = pytest.mark.engine


def test_the_quick_start_is_previewed_made_left_alone_and_destroyed(
    tmp_path: Path, simulators: Simulators
) -> None:
    tutorial = Rehearsal.of("examples/quick-start/Pulumi.quick-start.yaml", tmp_path, simulators)
    preview = tutorial.command("preview", "--json")
    assert (preview.status, set(preview.summary)) == (0, {"create"})
    run = tutorial.up()
    (pod,), (credential,) = run.inputs("Pod"), run.inputs("FederatedIdentityCredential")
    assert (
        credential["subject"]
        == f"system:serviceaccount:{pod['metadata']['namespace']}:{pod['spec']['serviceAccountName']}"
    )
    env = {variable["name"]: variable["value"] for variable in pod["spec"]["containers"][0]["env"]}
    assert env == {
        "KEYVAULT_URL": run.document["outputs"]["platform"]["vault"]["uri"],
        "SECRET_NAMES": "my-secret",
        "SECRET_NAME": "my-secret",
    }
    assert tutorial.up().summary == {}
    assert tutorial.run("refresh").summary == {}
    assert tutorial.run("destroy").summary == {"delete": preview.summary["create"]}
    assert (tutorial.world["azure"], tutorial.world["kubernetes"]) == ([], {})


@pytest.mark.parametrize("example", ["voting-app", "podinfo-rotation", "four-techniques", "sdk-languages"])
def test_other_tutorials_come_up_too(example: str, tmp_path: Path, simulators: Simulators) -> None:
    tutorial = Rehearsal.of(f"examples/{example}/Pulumi.{example}.yaml", tmp_path, simulators)
    made = tutorial.up()
    assert set(made.summary) == {"create"}
    assert tutorial.up().summary == {}
    assert tutorial.run("refresh").summary == {}
    assert tutorial.run("destroy").summary == {"delete": made.summary["create"]}


def test_one_line_moves_the_voting_app_into_the_vault_and_back(
    tmp_path: Path, simulators: Simulators
) -> None:
    """Nothing is created, deleted or replaced but the technique's own objects; the old ones go when the new
    pods are up.
    """
    tutorial = Rehearsal.of("examples/voting-app/Pulumi.voting-app.yaml", tmp_path, simulators)
    names = ("azure-vote-back", "azure-vote-front")
    classes = [f"{name}-secret-provider-class" for name in names]
    secrets = [f"{name}/{name}-secrets" for name in names]
    pods = [f"{name}-deployment" for name in names]
    tutorial.config["aks-secrets:technique"] = "kubernetes-secret"
    tutorial.up()
    for technique, create, delete in (("csi", classes, secrets), ("kubernetes-secret", secrets, classes)):
        tutorial.config["aks-secrets:technique"] = technique
        run = tutorial.run("up")
        assert run.status == 0, run.errors
        assert run.changes == {"create": create, "update": pods, "delete": delete}
        ends = [
            run.output.rindex(f" {name} {done}")
            for names, done in ((pods, "updated"), (delete, "deleted"))
            for name in names
        ]
        assert max(ends[:2]) < min(ends[2:]), "what old pods read went before the new ones were up"
        assert tutorial.up().summary == {}


def test_pod_identity_is_left_behind_by_one_line(tmp_path: Path, simulators: Simulators) -> None:
    """The identity and its rights stay, so that the same principal reads before and after; what handed it out
    goes.
    """
    example = "examples/pod-identity-migration"
    tutorial = Rehearsal.of(f"{example}/Pulumi.pod-identity-migration.yaml", tmp_path, simulators)
    before = tutorial.run("up", YAML(typ="safe").load(REPOSITORY / example / "cloud.yaml"))
    assert before.status == 0, before.errors
    assert before.inputs("FederatedIdentityCredential") == []
    assert tutorial.up().summary == {}
    tutorial.config["aks-secrets:workloads"][0]["access"] = "workload-identity"
    name = "nginx-secrets-store"
    assert tutorial.up().changes == {
        "create": [f"{name}/secrets-store/{name}"],
        "update": [f"{name}-secret-provider-class", f"{name}-service-account"],
        "replace": [f"{name}-pod"],
        "delete": [f"{name}-azure-identity", f"{name}-azure-identity-binding", f"{name}/kubelet"],
    }
    assert tutorial.up().summary == {}
    assert tutorial.run("destroy").status == 0
