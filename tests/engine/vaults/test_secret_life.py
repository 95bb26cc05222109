"""The life of one secret in the vault: created, rotated, handed over, removed and recovered."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure.listed_keys import Keys
from tests.support.acting import SUBSCRIPTION
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

CANARY = "rehearsal-stand-in-for-"  # what the rehearsal puts in the place of every encrypted value


def _workload(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "name": "shop",
        "namespace": "shop",
        "technique": "sdk",
        "kind": "none",
        "secrets": list(secrets),
        **keys,
    }


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A small stack; each test has workloads of its own."""
    return Rehearsal.small(tmp_path, simulators)


def test_a_rotation_in_the_vault_is_never_written_over(stack: Rehearsal) -> None:
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": "random"})]
    stack.up()
    world = stack.world
    rotated = next(resource for resource in world["azure"] if resource["id"].endswith("/secrets/db-password"))
    rotated["versions"] += 1
    rotated["properties"]["properties"]["value"] = "hmac-sha256:" + "0" * 64
    stack.change_world(world)
    stack.config["aks-secrets:tags"] = {"team": "shop"}
    stack.config["aks-secrets:workloads"] = [
        _workload({"name": "db-password", "from": "random", "expires": "2030-01-01T00:00:00Z", "length": 40})
    ]
    stack.up()
    assert stack.run("refresh").status == 0
    stack.up()
    secret = stack.secret("db-password")
    assert (secret["versions"], secret["properties"]["properties"]["value"]) == (2, "hmac-sha256:" + "0" * 64)


def test_manage_always_writes_a_change(stack: Rehearsal) -> None:
    always = {"name": "db-password", "from": "random", "manage": "always"}
    stack.config["aks-secrets:workloads"] = [_workload(always)]
    stack.up()
    stack.config["aks-secrets:workloads"] = [_workload(always | {"expires": "2030-01-01T00:00:00Z"})]
    assert stack.up().summary == {"update": 1}
    assert stack.secret("db-password")["versions"] == 2


def test_copied_values_follow_their_source_and_are_nowhere_to_be_read(stack: Rehearsal) -> None:
    """The engine makes the other stack. What it exports, and Azure's keys, are in no file and no line."""
    storage = f"{SUBSCRIPTION}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stshop"
    output = {"name": "organization/data/prod", "output": "users", "property": "shop"}
    config = [
        _workload(
            {"name": "db-password", "from": "stack", "stack": output},
            {"name": "db-once", "from": "stack", "stack": output, "manage": "once"},
            {"name": "storage", "from": "resource", "resource": {"id": storage, "value": "key1"}},
        )
    ]
    stack.config["aks-secrets:workloads"] = config

    def cloud(password: str) -> dict[str, Any]:
        outputs = {"host": "db.example.com"}
        data = {"name": output["name"], "outputs": outputs, "secretOutputs": {"users": {"shop": password}}}
        group = {"id": storage.split("/providers/")[0], "location": "westeurope"}
        return {"azure": [group, {"id": storage, "location": "westeurope"}], "stacks": [data]}

    refused = stack.run("up", {"stacks": []})
    assert "stack organization/data/prod cannot be read: unknown stack" in refused.errors
    runs = [stack.up(cloud("canary-one"))]
    written = {name: stack.secret(name)["versions"] for name in ("db-password", "db-once", "storage")}
    assert written == {"db-password": 1, "db-once": 1, "storage": 1}
    assert stack.up(cloud("canary-one")).summary == {}
    runs.append(stack.up(cloud("canary-two"), previews=True))
    assert runs[-1].changes == {"update": ["vault/db-password"]}
    assert stack.run("refresh", cloud("canary-two")).summary == {}
    values = ("canary-one", "canary-two", Keys(storage, {}).key("key1", 64))
    texts = [path.read_bytes().decode(errors="replace") for path in stack.folder.rglob("*") if path.is_file()]
    texts += [json.dumps(run.document) + run.output for run in runs]
    assert [value for value in values for text in texts if value in text] == []


def test_a_secret_is_handed_over_and_stays(stack: Rehearsal) -> None:
    """`release`, an update, then `existing`: the program forgets the secret and the vault keeps it."""
    released = {"name": "db-password", "from": "random", "manage": "release"}
    stack.config["aks-secrets:workloads"] = [_workload(released)]
    stack.up()
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": "existing"})]
    stack.up()
    assert stack.secret("db-password")["versions"] == 1
    assert stack.world["deletedSecrets"] == []
    assert stack.up().summary == {}


@pytest.mark.parametrize("source", ["random", "config", "literal"])
def test_a_secret_is_handed_over_in_one_step(stack: Rehearsal, source: str) -> None:
    """A resource that leaves the program is deleted; one that the program reads instead is let go."""
    more = {"value": "blue", "sensitive": False} if source == "literal" else {}
    if source == "config":
        stack.config["secret-values:db-password"] = {"secure": "v1:bm90LWEtcmVhbC1jaXBoZXI="}
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": source, **more})]
    stack.up()
    before = stack.secret("db-password")
    stack.config.pop("secret-values:db-password", None)
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": "existing"})]
    handed_over = stack.up(previews=True)
    assert "Secret vault/db-password" not in handed_over.operations.get("delete", ())
    assert stack.secret("db-password") == before
    assert stack.world["deletedSecrets"] == []
    assert stack.up().summary == stack.run("refresh").summary == {}
    world = stack.world
    world["azure"] = [entry for entry in world["azure"] if not entry["id"].endswith("/secrets/db-password")]
    stack.change_world(world)
    assert set(stack.up(previews=True).summary) <= {"discard", "create"}, "its owner may delete it"
    assert stack.run("destroy").status == 0


def test_a_random_value_moves_back_in_the_update_in_which_its_vault_leaves(stack: Rehearsal) -> None:
    there = {"name": "db-password", "from": "random", "vault": "second"}
    stack.config["aks-secrets:vaults"] = [{"name": "second"}]
    stack.config["aks-secrets:workloads"] = [_workload(there)]
    stack.up()
    before = stack.secret("db-password")["properties"]["properties"]["value"]
    del stack.config["aks-secrets:vaults"]
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": "random"})]
    stack.up(previews=True)
    assert stack.secret("db-password")["properties"]["properties"]["value"] == before
    assert stack.up().summary == {}


def test_a_random_value_follows_its_vault_to_another_label(stack: Rehearsal) -> None:
    there = {"name": "db-password", "from": "random", "vault": "second"}
    stack.config["aks-secrets:vaults"] = [{"name": "second"}]
    stack.config["aks-secrets:workloads"] = [_workload(there)]
    stack.up()
    before = stack.secret("db-password")["properties"]["properties"]["value"]
    stack.config["aks-secrets:vaults"] = [{"name": "other"}]
    stack.config["aks-secrets:workloads"] = [_workload(there | {"vault": "other"})]
    stack.up(previews=True)
    assert stack.secret("db-password")["properties"]["properties"]["value"] == before


def test_a_secret_can_be_taken_out_and_added_back(stack: Rehearsal) -> None:
    both = [{"name": "db-password", "from": "random"}, {"name": "api-key", "from": "random"}]
    stack.config["aks-secrets:workloads"] = [_workload(*both)]
    stack.up()
    stack.config["aks-secrets:workloads"] = [_workload(both[0])]
    assert set(stack.up().summary) == {"delete"}
    assert len(stack.world["deletedSecrets"]) == 1
    stack.config["aks-secrets:workloads"] = [_workload(*both)]
    assert set(stack.up().summary) == {"create"}
    assert stack.world["deletedSecrets"] == []
    assert stack.up().summary == {}


def test_what_azure_never_changes_is_an_error(stack: Rehearsal) -> None:
    stack.config["aks-secrets:vault"] = {"soft_delete_retention_days": 7, "purge_protection": True}
    stack.up()
    for change, says in (
        (
            {"soft_delete_retention_days": 30, "purge_protection": True},
            "has been set already and it can't be modified",
        ),
        ({"soft_delete_retention_days": 7, "purge_protection": False}, "cannot be set to false"),
    ):
        stack.config["aks-secrets:vault"] = change
        refused = stack.command("up", "--json")
        assert refused.status == 1
        assert says in refused.errors


def test_no_secret_value_is_to_be_found_anywhere(stack: Rehearsal) -> None:
    """The stand-in for an encrypted value is the canary: it goes where the value would go."""
    stack.config["secret-values:db-password"] = {"secure": "v1:bm90LWEtcmVhbC1jaXBoZXI="}
    stack.config["aks-secrets:workloads"] = [_workload({"name": "db-password", "from": "config"})]
    printed = [
        stack.command("preview").output,
        stack.command("up", "--json").output,
        stack.run("up").output,
        stack.run("refresh").output,
        stack.command("outputs").output,
        stack.command("render", "--out", str(stack.folder / "manifests")).output,
    ]
    assert stack.secret("db-password")["versions"] == 1, (
        "the value was written, so the search below means something"
    )
    assert [text for text in printed if CANARY in text] == []
    files = [path for path in stack.folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
