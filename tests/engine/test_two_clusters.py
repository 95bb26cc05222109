"""Two clusters whose workloads authenticate as one existing identity: blue and green, or two regions."""

import copy
from pathlib import Path
from typing import Any

import pytest

from components import naming
from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-shop"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop-prod"
CLOUD: dict[str, Any] = {
    "azure": [
        {"id": GROUP, "location": "westeurope"},
        {
            "id": VAULT,
            "location": "westeurope",
            "properties": {
                "tenantId": arm.TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
            },
        },
        {"id": f"{VAULT}/secrets/db-password", "properties": {"value": "something"}},
        {"id": IDENTITY, "location": "westeurope"},
    ]
}


def _config(color: str) -> dict[str, Any]:
    return {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {
            "name": f"aks-{color}",
            "resource_group": f"rg-{color}",
            "system_pool": {"vm_size": "Standard_D4s_v5", "count": 2},
        },
        "aks-secrets:vault": {"existing": {"id": VAULT}},
        "aks-secrets:identities": [{"name": "shop", "existing": {"id": IDENTITY}}],
        "aks-secrets:operators": {"csi_driver": {}},
        "aks-secrets:workloads": [
            {
                "name": "api",
                "namespace": "shop",
                "technique": "csi",
                "identity": "shop",
                "image": "registry.example/api:1.0",
                "run_as_user": 1654,
                "secrets": [{"name": "db-password", "from": "existing"}],
            }
        ],
    }


def _stack(folder: Path, simulators: Simulators, color: str) -> Rehearsal:
    return Rehearsal(folder, copy.deepcopy(_config(color)), simulators, color)


def _credentials(stack: Rehearsal) -> dict[str, str]:
    """Name → issuer of each credential of the identity."""
    return {
        resource["id"].rsplit("/", 1)[1]: resource["properties"]["issuer"]
        for resource in stack.world["azure"]
        if resource["id"].lower().startswith(f"{IDENTITY}/federatedIdentityCredentials/".lower())
    }


def test_each_cluster_has_a_credential_of_its_own_and_takes_only_that_along(
    tmp_path: Path, simulators: Simulators
) -> None:
    blue, green = (_stack(tmp_path, simulators, color) for color in ("blue", "green"))
    blue.up(CLOUD)
    # A role assignment exists once, however many clusters the identity serves.
    preview = green.run("preview")
    assert (
        "identities[0].existing: role 'Key Vault Secrets User' for 'db-password' of vault" in preview.output
    )
    assert "is assigned already, and not by this stack" in preview.output
    assert "is assigned already" not in blue.run("preview").output
    green.config["aks-secrets:grants"] = "external"
    green.up()
    credentials = _credentials(green)
    assert len(set(credentials.values())) == 2, "one for each issuer"
    assert [name.rsplit("-", 1)[0] for name in sorted(credentials)] == [
        "shop-api-aks-blue",
        "shop-api-aks-green",
    ]
    assert blue.up().summary == {}
    assert green.run("destroy").status == 0
    assert len(_credentials(blue)) == 1
    assert blue.run("refresh").summary == {}


def test_a_credential_of_an_earlier_release_keeps_its_name(tmp_path: Path, simulators: Simulators) -> None:
    """A renamed one would be deleted and made again, since Azure refuses two of one issuer and subject; in
    between no pod gets a token.
    """
    stack = _stack(tmp_path, simulators, "blue")
    stack.up(CLOUD)
    (new,) = _credentials(stack)
    old = naming.federated_credential("shop", "api")
    for file in (tmp_path / "state").rglob("*.json"):
        text = file.read_text(encoding="utf-8")
        if new in text:
            file.write_text(text.replace(new, old), encoding="utf-8")
    assert list(_credentials(stack)) == [old]
    assert stack.run("preview").summary == {}
    assert stack.up().summary == {}
