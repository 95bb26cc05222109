"""Commands of operations/ on a rehearsed stack: processes of their own that meet the simulated cloud only."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine


@pytest.fixture
def shop(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    stack = Rehearsal.small(tmp_path, simulators, _workload("orders", technique="sdk"))
    stack.up()
    return stack


def _workload(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "image": "registry.example/shop:1",
        "secrets": [{"name": "db-password", "from": "random"}],
        **keys,
    }


def test_who_reads_a_secret_of_the_rehearsed_stack(shop: Rehearsal) -> None:
    run = shop.command("who", "db-password", "--json", own_simulators=True)
    assert run.status == 0, run.output
    (reader,) = json.loads(run.output.partition("\n}")[0] + "\n}")["readers"]
    assert (reader["workload"], reader["technique"]) == ("orders", "sdk")
    assert "no cloud was touched" in run.output


def _document(run: Run) -> dict[str, Any]:
    """The JSON document in the output, which ends with the rehearsal's own line."""
    return json.loads(run.output[run.output.index("{") : run.output.rindex("\n}") + 2])


def test_verify_proves_the_rehearsed_stack_and_finds_a_foreign_grant(shop: Rehearsal) -> None:
    world = shop.world
    vault = next(row["id"] for row in world["azure"] if row["token"].endswith(":Vault"))
    stranger = "0d4e8f6a-1c2b-4d3e-9f50-6a7b8c9d0e1f"
    role = "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
    world["azure"].append(
        {
            "id": f"{vault}/providers/Microsoft.Authorization/roleAssignments/{stranger}",
            "token": "azure-native:authorization:RoleAssignment",
            "properties": {
                "scope": vault,
                "principalId": stranger,
                "principalType": "ServicePrincipal",
                "roleDefinitionId": role,
            },
            "serial": 1,
        }
    )
    shop.change_world(world)
    run = shop.typed("verify", "--timeout", "2s", "--json")
    document = _document(run)
    assert {row["state"] for row in _rows(document["delivery"])} == {"fine"}, run.output
    (foreign,) = [row for row in _rows(document["surplus"]) if row["state"] == "wrong"]
    assert stranger in foreign["text"]
    assert run.status == 1


def test_doctor_asks_the_simulated_subscription(shop: Rehearsal, tmp_path: Path) -> None:
    cloud = tmp_path / "cloud.json"
    policy = {"name": "closed", "type": "Microsoft.KeyVault/vaults", "path": "properties.publicNetworkAccess"}
    subscription = {"locks": [{"level": "ReadOnly"}], "policies": [{**policy, "values": ["Enabled"]}]}
    cloud.write_text(json.dumps({"unregistered": ["Microsoft.KeyVault"], "subscriptions": [subscription]}))
    run = shop.command("doctor", "--json", "--cloud", str(cloud), own_simulators=True)
    assert "Traceback" not in run.output
    assert run.status == 1
    states = {(row["subject"], row["check"]): row["state"] for row in _rows(_document(run))}
    assert states["Microsoft.KeyVault", "registration"] == "wrong"
    assert states["Microsoft.ContainerService", "registration"] == "fine"
    assert states["locks", "lock keep"] == "wrong"
    assert [state for (subject, check), state in states.items() if check == "Azure Policy"] == ["wrong"]
    assert states["this machine", "pulumi"] == "fine"


def _rows(value: Any) -> list[dict[str, Any]]:
    """Every finding of a document."""
    if isinstance(value, dict):
        return [value] if "check" in value else [row for item in value.values() for row in _rows(item)]
    return [row for item in value for row in _rows(item)] if isinstance(value, list) else []
