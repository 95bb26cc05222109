"""The whole program: the life of a stack, its trust chain, and settings that are refused."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from rehearsal.engine import find_engine
from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal
from tests.tools.fake_engine import script

pytestmark = pytest.mark.engine


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
def dev(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """The dev stack with a state folder of its own."""
    return Rehearsal.of("Pulumi.dev.yaml", tmp_path, simulators)


def test_a_stack_is_previewed_made_left_alone_read_back_and_destroyed(dev: Rehearsal) -> None:
    preview = dev.typed("preview", "--json")
    assert (preview.status, set(preview.summary)) == (0, {"create"})
    issuers = {resource["issuer"] for resource in preview.inputs("FederatedIdentityCredential")}
    assert [issuer.startswith("https://westeurope.oic.prod-aks.azure.com/") for issuer in issuers] == [
        True
    ], "known, from the rehearsed up"
    assert dev.up().summary == preview.summary
    assert dev.up().summary == {}
    assert dev.run("refresh").summary == {}
    destroyed = dev.run("destroy")
    assert (destroyed.status, destroyed.summary) == (0, {"delete": preview.summary["create"]})
    assert "pulumi stack rm" not in destroyed.output, (
        "typed as it stands it would act on the real stack of that name"
    )
    world = dev.world
    assert (world["azure"], world["kubernetes"]) == ([], {})
    assert len(world["deletedVaults"]) == 1


def test_the_chain_is_one_chain(dev: Rehearsal) -> None:
    """Issuer, subject, client id, principal and scope are the same words in each resource that names them."""
    run = dev.up()
    platform, access = run.document["outputs"]["platform"], run.document["outputs"]["access"]
    issuer = platform["cluster"]["issuerUrl"]
    assert issuer.startswith("https://westeurope.oic.prod-aks.azure.com/")
    assert issuer.endswith("/")
    credentials = {resource["subject"]: resource for resource in run.inputs("FederatedIdentityCredential")}
    accounts = {
        resource["metadata"]["name"]: resource["metadata"] for resource in run.inputs("ServiceAccount")
    }
    scopes = {resource["scope"].lower() for resource in run.inputs("RoleAssignment")}
    for row in access:
        assert credentials[row["subject"]]["issuer"] == issuer == row["issuer"]
        annotations = accounts[row["serviceAccount"]]["annotations"]
        assert annotations["azure.workload.identity/client-id"] == row["clientId"]
        assert row["scope"].lower() in scopes


def test_what_stands_in_the_cluster_goes_with_it(dev: Rehearsal) -> None:
    """Workloads say it once, at the component; that their objects inherit it is the engine's doing."""
    dev.up()
    rows = dev.deployment["resources"]
    cluster = next(row["urn"] for row in rows if row["type"].endswith(":ManagedCluster"))
    objects = [row for row in rows if row["type"].startswith("kubernetes:")]
    assert len(objects) > 20
    assert {row.get("deletedWith") for row in objects} == {cluster}


def test_other_tags_replace_nothing(dev: Rehearsal) -> None:
    dev.up()
    dev.config["aks-secrets:tags"] = {"environment": "dev", "team": "shop"}
    preview = dev.run("preview")
    assert set(preview.summary) == {"update"}
    assert set(dev.up().summary) == {"update"}
    assert dev.up().summary == {}


def test_refused_settings_show_no_traceback_and_register_nothing(dev: Rehearsal) -> None:
    dev.config["aks-secrets:cluster"]["tier"] = "Gold"
    dev.config["aks-secrets:vault"]["name"] = "kv--shop"
    refused = dev.command("preview", "--json")
    assert refused.status == 1
    assert "cluster.tier: unknown tier 'Gold'; choose Free, Standard or Premium" in refused.errors
    assert "vault.name: 'kv--shop' is not a vault name" in refused.errors
    assert "Traceback" not in refused.output
    assert [
        resource["type"]
        for resource in refused.document["resources"]
        if resource["type"] != "pulumi:pulumi:Stack"
    ] == []


def test_external_grants_are_an_output_with_their_commands(dev: Rehearsal) -> None:
    dev.config["aks-secrets:grants"] = "external"
    run = dev.up()
    assert run.inputs("RoleAssignment") == []
    grants = run.document["outputs"]["grants"]
    assert {grant["role"] for grant in grants} == {"Key Vault Secrets User", "Key Vault Secrets Officer"}
    assert all(
        re.match(r"az role assignment create --name [0-9a-f-]{36} --assignee-object-id ", grant["command"])
        for grant in grants
    )


def test_a_hardened_cluster_comes_up_too(dev: Rehearsal) -> None:
    """Entra, a subnet of one's own, a registry, pools, a closed vault, people, a shared identity: the max
    scenario.
    """
    providers = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-net/providers"
    network = f"{providers}/Microsoft.Network/virtualNetworks/vnet"
    registry = f"{providers}/Microsoft.ContainerRegistry/registries/shopimages"
    cloud = YAML(typ="safe").load(_SEED.format(network=network, registry=registry))
    dev.config["aks-secrets:cluster"] = {
        "tier": "Standard",
        "kubernetes_version": "1.36",
        "system_pool": {
            "vm_size": "Standard_D4s_v5",
            "count": 3,
            "zones": ["1", "2", "3"],
            "autoscale": {"min_count": 3, "max_count": 6},
        },
        "user_pools": [
            {"name": "apps", "vm_size": "Standard_D4s_v5", "autoscale": {"min_count": 0, "max_count": 10}}
        ],
        "network": {"subnet_id": f"{network}/subnets/nodes"},
        "container_registries": [registry],
        "authorized_ip_ranges": ["20.50.2.0/24"],
        "export_kubeconfig": True,
    }
    dev.config["aks-secrets:vault"] = {
        "resource_group": "rg-shop-vault",
        "sku": "premium",
        "network": {
            "default_action": "Deny",
            "bypass": "None",
            "subnet_ids": [f"{network}/subnets/nodes"],
            "ip_rules": ["20.50.2.7"],
        },
    }
    dev.config["aks-secrets:operators"] = {"csi_driver": {"rotation": True, "poll_interval": "5m"}}
    dev.config["aks-secrets:identities"] = [{"name": "readers"}]
    dev.config["aks-secrets:workloads"] = [
        _workload(
            {"name": "db-password", "from": "random"},
            {"name": "web-tls", "type": "cert", "from": "existing"},
            identity="readers",
        ),
        _workload(
            {"name": "db-password", "from": "existing"},
            name="audit",
            namespace="audit",
            identity="readers",
            scope="vault",
        ),
    ]
    dev.config["aks-secrets:people"] = {"groups": ["aaaaaaaa-0000-4000-8000-000000000001"], "current": True}
    made = dev.run("up", cloud)
    assert made.status == 0, made.errors
    assert made.document["outputs"]["kubeconfig"] == "[secret]"
    assert dev.up().summary == {}
    assert dev.run("refresh").summary == {}

    # The autoscaler changes the counts of both kinds of pool; neither a refresh nor an update gives them
    # back.
    world = dev.world
    for resource in world["azure"]:
        if resource["id"].endswith("/agentPools/apps"):
            resource["properties"]["count"] = 7
        if resource["id"].endswith("/managedClusters/aks-test"):
            resource["properties"]["agentPoolProfiles"][0]["count"] = 5
    dev.change_world(world)
    assert dev.run("refresh").status == 0
    assert dev.up().summary == {}

    # Other tags: two groups, vault, cluster and pool; no credential, no role assignment, nothing replaced,
    # in the preview already.
    dev.config["aks-secrets:tags"] = {"environment": "dev", "team": "shop"}
    assert dev.run("preview").summary == {"update": 5}
    assert dev.up().summary == {"update": 5}
    counts = [
        resource["properties"]["count"]
        for resource in dev.world["azure"]
        if resource["id"].endswith("/agentPools/apps")
    ]
    assert counts == [7], "the autoscaler's count was sent back with the tags"
    assert dev.run("destroy").status == 0


# What the company has already: a network, a registry, a group of people.
_SEED = """
azure:
  - {{id: /subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-net, location: westeurope}}
  - {{id: "{network}", location: westeurope}}
  - {{id: "{network}/subnets/nodes", serviceEndpoints: [{{service: Microsoft.KeyVault}}]}}
  - {{id: "{registry}", location: westeurope}}
directory:
  - {{objectId: aaaaaaaa-0000-4000-8000-000000000001, type: Group, name: platform team}}
"""


def test_the_repository_and_the_home_folder_are_left_as_they_were(
    dev: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine writes into the stack file it works with; a user's `pulumi stack init` would fail on what it
    writes. It writes logs into the home folder unless PULUMI_HOME is elsewhere.
    """
    calls = tmp_path / "calls"
    watched = script(
        tmp_path / "bin" / "pulumi", f'echo "$1 $PULUMI_HOME" >> {calls}\nexec {find_engine()} "$@"'
    )
    monkeypatch.setenv("PATH", str(watched.parent), prepend=os.pathsep)
    monkeypatch.delenv("PULUMI_HOME", raising=False)

    def state_of_the_checkout() -> str:
        return subprocess.run(
            ["git", "status", "--porcelain"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout

    before, stack_files = (
        state_of_the_checkout(),
        [path.read_bytes() for path in REPOSITORY.glob("Pulumi*.yaml")],
    )
    assert dev.typed("up").status == 0
    environment = {"PATH": os.environ["PATH"], "PULUMI_HOME": ""}
    for verb in ("outputs", "destroy"):
        assert dev.command(verb, previews=True, environment=environment).status == 0, verb
    assert state_of_the_checkout() == before
    homes = [line.split() for line in calls.read_text().splitlines()]
    assert len(homes) > 3
    assert [call for call in homes if len(call) != 2] == [], "the engine would take the home folder's .pulumi"
    assert [path.read_bytes() for path in REPOSITORY.glob("Pulumi*.yaml")] == stack_files
