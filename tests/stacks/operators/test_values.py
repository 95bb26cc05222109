"""Grants and copies of an operator that reads as itself, wherever a value comes from."""

from typing import Any

from rehearsal.simulators.azure import arm
from tests.settings.cases import as_config, document
from tests.stacks.operators.test_operator_identity import CLOUD, GROUP, NAME, OPERATOR, served
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import not_proved
from trust.chain import Chain
from trust.proofs import run

_GROUP = "/subscriptions/77777777-0000-4000-8000-00000000000b/resourceGroups/rg-team"
_VAULT = f"{_GROUP}/providers/Microsoft.KeyVault/vaults/kv-team"
_STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/stshop"


def test_it_copies_seeded_values_and_those_of_a_vault_in_another_subscription() -> None:
    properties = {"tenantId": arm.TENANT, "sku": {"family": "A", "name": "standard"}}
    cloud: dict[str, Any] = {
        "azure": [
            *CLOUD["azure"],
            {"id": _GROUP, "location": "westeurope"},
            {
                "id": _VAULT,
                "location": "westeurope",
                "properties": {**properties, "enableRbacAuthorization": True},
            },
            {"id": _STORAGE, "location": "westeurope"},
        ]
    }
    workload = served(
        "a",
        {"name": "color", "from": "literal", "sensitive": False, "value": "blue", "env": "COLOR"},
        {"name": "storage", "from": "resource", "resource": {"id": _STORAGE, "value": "key1"}},
        {"name": "team", "from": "existing", "vault": "team", "env": "TEAM"},
    )
    vaults = [{"name": "team", "existing": {"id": _VAULT}}]
    built = build_config(
        as_config(document({"workloads": [workload], "vaults": vaults, **OPERATOR})), cloud=cloud
    )
    own = [item for item in built.of_type("RoleAssignment") if item.name.startswith(NAME)]
    scopes = {item.inputs["scope"].partition("/vaults/")[2].partition("/")[2] for item in own}
    assert scopes == {"secrets/color", "secrets/storage", "secrets/team"}
    assert f"{_VAULT}/secrets/team" in {item.inputs["scope"] for item in own}
    copied = {item.name: item for item in built.of_type("AzureKeyVaultSecret")}
    assert copied["a/a-akv2k8s-team.team"].inputs["spec"]["vault"]["name"] == "kv-team"
    for seeded in ("color", "storage"):
        # The controller would find nothing there, and wait for the next resync.
        written = next(item for item in built.of_type("Secret") if item.name == f"vault/{seeded}")
        assert written.urn in copied[f"a/a-akv2k8s.{seeded}"].dependencies
    assert not_proved(run(Chain.read(built.graph))) == []
