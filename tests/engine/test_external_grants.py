"""`grants: external`: a person sees what to grant before the update, and a hand-over takes nothing away."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """Two workloads without pods."""
    return Rehearsal.small(tmp_path, simulators, _workload("orders", "db"), _workload("mailer", "mail"))


def _workload(name: str, *secrets: str) -> dict[str, Any]:
    listed = [{"name": secret, "from": "random"} for secret in secrets]
    return {"name": name, "namespace": name, "technique": "sdk", "kind": "none", "secrets": listed}


def _assignments(stack: Rehearsal) -> set[str]:
    """The secrets at which the cloud has role assignments."""
    scopes = (row["properties"].get("scope", "") for row in stack.world["azure"])
    return {scope.rsplit("/", 1)[1] for scope in scopes if "/secrets/" in scope}


def _commands(run: Run) -> list[str]:
    """The az commands in what the program logged."""
    logged = "\n".join(entry["message"] for entry in run.document["diagnostics"])
    return sorted(set(re.findall(r"az role assignment create .*", logged)))


def _grant(command: str) -> dict[str, Any]:
    """The role assignment that az makes by a command, as an entry of a seed."""
    option = dict(zip(*[iter(shlex.split(command)[4:])] * 2, strict=True))
    scope, role = option["--scope"], option["--role"]
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{option['--name']}",
        "principalId": option["--assignee-object-id"],
        "principalType": option["--assignee-principal-type"],
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
    }


def test_a_preview_lists_what_is_missing_and_a_person_grants_before_the_update(stack: Rehearsal) -> None:
    stack.config["aks-secrets:grants"] = "external"
    first = stack.run("preview")
    assert _commands(first) == []
    assert "3 of 3 role assignments are for identities that `pulumi up` makes first" in first.output

    made = stack.up()
    scopes = {command.rsplit("/", 2)[1] for command in _commands(made)}
    assert (len(_commands(made)), scopes) == (3, {"vaults", "secrets"})
    assert [grant["exists"] for grant in made.document["outputs"]["grants"]] == [False, False, False]
    granted = {"azure": [_grant(command) for command in _commands(made)]}

    stack.config["aks-secrets:workloads"][0] = _workload("orders", "db", "license")
    preview = stack.run("preview", cloud=granted)
    (missing,) = _commands(preview)
    assert missing.endswith("/secrets/license")
    assert "1 of 4 role assignments that the stack needs do not exist" in preview.output
    assert "before `pulumi up`" in preview.output

    granted["azure"].append(_grant(missing))
    updated = stack.up(cloud=granted)
    assert _commands(updated) == []
    assert [grant["exists"] for grant in updated.document["outputs"]["grants"]] == [True] * 4
    assert stack.up().summary == {}


def test_a_hand_over_leaves_every_role_assignment_in_place(stack: Rehearsal) -> None:
    """Deleted, they would lock the workloads out in the same update that lists them as needed."""
    stack.up()
    stack.config["aks-secrets:grants"] = "external"
    preview = stack.run("preview")
    assert preview.summary == {}
    assert _commands(preview) == []
    handed_over = stack.up()
    assert handed_over.summary == {}
    assert _assignments(stack) == {"db", "mail"}
    assert [grant["exists"] for grant in handed_over.document["outputs"]["grants"]] == [True] * 3

    # They are not the program's any more: a workload that leaves takes none along.
    del stack.config["aks-secrets:workloads"][0]
    stack.up()
    assert _assignments(stack) == {"db", "mail"}


def test_a_role_assignment_that_was_taken_away_is_missing_again(stack: Rehearsal) -> None:
    stack.up()
    stack.config["aks-secrets:grants"] = "external"
    stack.up()
    world = stack.world
    world["azure"] = [row for row in world["azure"] if not row["properties"].get("scope", "").endswith("/db")]
    stack.change_world(world)
    preview = stack.run("preview")
    assert preview.status == 0, preview.errors
    assert [command.rsplit("/", 1)[1] for command in _commands(preview)] == ["db"]
    stack.up()


def test_a_longer_list_of_a_live_class_is_warned_of_beforehand(
    tmp_path: Path, simulators: Simulators
) -> None:
    """The pods of another tool name the class, which changes in place, and a Secret that gets no new key."""
    named = {"kubernetes_secret": {"name": "orders-all"}}
    workload = {**_workload("orders", "db"), "technique": "csi"}
    workload["secrets"][0] |= {"env": "DB", **named}
    stack = Rehearsal.small(tmp_path, simulators, workload)
    stack.config["aks-secrets:grants"] = "external"
    stack.config["aks-secrets:operators"] = {"csi_driver": {}}
    first = stack.up()
    mounts, keys = "csi mounts all objects of SecretProviderClass 'orders' or none", "exists without key"
    assert mounts not in first.output
    assert keys not in first.output
    workload["secrets"].append({"name": "license", "from": "random", "env": "LICENSE", **named})
    preview = stack.run("preview")
    assert mounts in preview.output
    assert f"Kubernetes Secret 'orders-all' {keys} 'license'" in preview.output
    (missing,) = {command for command in _commands(preview) if command.endswith("/secrets/license")}
    assert mounts not in stack.run("preview", cloud={"azure": [_grant(missing)]}).output
