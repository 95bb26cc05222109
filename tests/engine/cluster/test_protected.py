"""A refused destroy: `pulumi destroy --skip-preview` deletes what it can and is then refused."""

from pathlib import Path

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


def test_a_refused_destroy_of_production_is_made_good_by_an_update(
    tmp_path: Path, simulators: Simulators
) -> None:
    prod = Rehearsal.of("Pulumi.prod.yaml", tmp_path, simulators)
    made = prod.up()
    refused = prod.command("destroy", "--json")
    assert refused.status != 0
    assert "protected" in refused.errors
    kept = {
        resource["id"]
        for resource in prod.world["azure"]
        if resource["token"].endswith((":ManagedCluster", ":Vault"))
    }
    assert len(kept) == 2

    mended = prod.up()
    assert "replace" not in mended.summary
    assert {resource["type"] for resource in mended.document["resources"]} == {
        resource["type"] for resource in made.document["resources"]
    }
    assert prod.up().summary == {}

    for section in ("cluster", "vault"):
        prod.config[f"aks-secrets:{section}"]["protect"] = False
    prod.up()
    gone = prod.run("destroy")
    assert gone.status == 0, gone.errors
    assert prod.world["azure"] == []
