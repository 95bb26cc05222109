"""The key for etcd, private DNS zones, and the platform of a stack of workloads, each broken in every way."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from operations.checks import Finding
from operations.doctor.platform_output import VERSION, PlatformOutput
from operations.errors import OperationError
from stacks.outputs import platform as published
from tests.operations.azure.services import SUBSCRIPTION
from tests.operations.doctor.broken import remove, set
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.direct import findings_of
from tests.operations.doctor.documents import ROOT, cluster, vault

KEYS = f"{ROOT}/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-keys"
KEY = "https://kv-keys.vault.azure.net/keys/etcd/0123456789abcdef0123456789abcdef"
NETWORK = f"{ROOT}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub"
ZONES = f"{ROOT}/resourceGroups/rg-net/providers/Microsoft.Network/privateDnsZones"
VAULT_ZONE, API_ZONE = f"{ZONES}/privatelink.vaultcore.azure.net", f"{ZONES}/privatelink.westeurope.azmk8s.io"
STACK = f"""
config:
  azure-native:location: westeurope
  aks-secrets:cluster:
    system_pool: {{vm_size: Standard_D2s_v5}}
    network: {{subnet_id: {NETWORK}/subnets/nodes}}
    private: {{deploy_from: {NETWORK}-tools, dns_zone: {API_ZONE}}}
    kms: {{key_id: {KEY}, vault_id: {KEYS}}}
  aks-secrets:vault:
    network: {{public_access: false}}
    private_endpoint: {{subnet_id: {NETWORK}/subnets/endpoints, dns_zone_id: {VAULT_ZONE}}}
  aks-secrets:workloads: []
"""
Break = Callable[[Cloud], object]


def there() -> Cloud:
    cloud = Cloud()
    cloud.add(vault("kv-keys", "rg-keys"))
    attributes = {"enabled": True}
    cloud.add((f"{KEYS}/keys/etcd", {"properties": {"kty": "RSA", "attributes": attributes}}))
    for zone, network in ((VAULT_ZONE, NETWORK), (API_ZONE, f"{NETWORK}-tools")):
        cloud.add((zone, {"id": zone}))
        link(cloud, zone, network)
    return cloud


def link(cloud: Cloud, zone: str, *networks: str) -> None:
    """https://learn.microsoft.com/rest/api/dns/privatednszones/virtual-network-links/list"""
    links = [{"properties": {"virtualNetwork": {"id": network}}} for network in networks]
    cloud.add((f"{zone}/virtualNetworkLinks", {"value": links}))


def attributes(**more: Any) -> Break:
    return lambda cloud: set(cloud, "keys/etcd", attributes={"enabled": True, **more})


@pytest.mark.parametrize(
    ("change", "text", "step"),
    [
        (
            lambda cloud: remove(cloud, "kv-keys"),
            "there is no vault of the name in resource",
            "az keyvault list",
        ),
        (
            lambda cloud: set(cloud, "kv-keys", enableRbacAuthorization=False),
            "uses access policies, and the cluster gets a role",
            "az keyvault update --name kv-keys --enable-rbac-authorization true",
        ),
        (
            lambda cloud: set(cloud, "kv-keys", publicNetworkAccess="Disabled"),
            "has a firewall, through which AKS reaches no key",
            "use a vault for the key alone",
        ),
        (
            lambda cloud: set(cloud, "kv-keys", networkAcls={"defaultAction": "Deny"}),
            "has a firewall, through which AKS reaches no key",
            "use a vault for the key alone",
        ),
        (
            lambda cloud: remove(cloud, "keys/etcd"),
            "has no key etcd",
            "az keyvault key list --vault-name kv-keys",
        ),
        (
            lambda cloud: set(cloud, "keys/etcd", kty="EC"),
            "key etcd is of type EC: AKS encrypts with RSA",
            "az keyvault key create --vault-name kv-keys --name etcd",
        ),
        (
            attributes(enabled=False),
            "key etcd is disabled",
            f"az keyvault key set-attributes --id {KEY} --enabled true",
        ),
        (
            attributes(exp=1_000_000_000),
            "key etcd expired on 2001-09-09",
            f"az keyvault key set-attributes --id {KEY} --expires <date>",
        ),
    ],
)
def test_the_key_for_etcd_is_broken(change: Break, text: str, step: str):
    cloud = there()
    change(cloud)
    (finding,) = [each for each in findings_of("vaults", STACK, cloud) if each.check == "cluster.kms"]
    assert finding.state == "wrong"
    assert finding.text.startswith(text)
    assert finding.next_step.startswith(step)


def test_the_key_for_etcd_is_fine():
    (finding,) = [each for each in findings_of("vaults", STACK, there()) if each.check == "cluster.kms"]
    assert (finding.state, finding.text) == ("fine", "key etcd is there and enabled")


def lines(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.state, each.subject, each.text) for each in findings]


def test_zones_are_linked_to_the_networks_that_resolve_them():
    vault_line = ("private DNS zone privatelink.vaultcore.azure.net", "is linked to virtual network hub")
    api_line = ("private DNS zone privatelink.westeurope.azmk8s.io", "is linked to virtual network hub-tools")
    assert lines(findings_of("dns_zones", STACK, there())) == [("fine", *vault_line), ("fine", *api_line)]


def test_a_missing_link_is_unknown_with_the_command_that_makes_it():
    cloud = there()
    link(cloud, VAULT_ZONE, f"{NETWORK}-other")
    link(cloud, API_ZONE)
    findings = findings_of("dns_zones", STACK, cloud)
    assert [each.state for each in findings] == ["unknown", "unknown"]
    assert findings[0].text.startswith("is not linked to virtual network hub, so its names do not resolve")
    assert findings[1].next_step == (
        "az network private-dns link vnet create --resource-group rg-net"
        " --zone-name privatelink.westeurope.azmk8s.io --name hub-tools"
        f" --virtual-network {NETWORK}-tools --registration-enabled false"
    )


def test_a_zone_that_does_not_exist_is_one_line():
    cloud = there()
    remove(cloud, "privatednszones/privatelink.vaultcore")
    (wrong,) = [each for each in findings_of("resources", STACK, cloud) if "vaultcore" in each.subject]
    assert (wrong.state, wrong.text) == ("wrong", "does not exist in resource group rg-net")
    assert len(findings_of("dns_zones", STACK, cloud)) == 1


TEAM = """
config:
  azure-native:location: westeurope
  aks-secrets:composition: workloads
  aks-secrets:platform: {stack: organization/aks-secrets/platform}
  aks-secrets:workloads:
    - name: orders
      namespace: shop
      technique: sdk
      kind: none
      secrets: [{name: db-password, from: existing}]
"""
SHARED = f"{ROOT}/resourceGroups/rg-p/providers/Microsoft.KeyVault/vaults/kv-p"


def platform(**more: Any) -> dict[str, Any]:
    """As stacks/outputs/platform.py publishes it."""
    cluster_id, _ = cluster("aks-p", "rg-p")
    return {
        "version": VERSION,
        "subscriptionId": SUBSCRIPTION,
        "cluster": {"name": "aks-p", "id": cluster_id, "issuerUrl": "https://issuer/"},
        "vault": {"name": "kv-p", "id": SHARED, "uri": "https://kv-p.vault.azure.net/"},
        "vaults": {},
        **more,
    }


def shared() -> Cloud:
    cloud = Cloud()
    cloud.add(cluster("aks-p", "rg-p"))
    cloud.add(vault("kv-p", "rg-p"))
    cloud.add((f"{SHARED}/secrets/db-password", {"properties": {"attributes": {"enabled": True}}}))
    return cloud


def on_platform(family: str, output: PlatformOutput, cloud: Cloud) -> list[Finding]:
    with mock.patch.object(PlatformOutput, "read", return_value=output):
        return findings_of(family, TEAM, cloud)


def test_the_versions_agree():
    assert VERSION == published.VERSION


def test_a_platform_is_fine():
    output = PlatformOutput("platform", platform())
    assert lines(on_platform("platform", output, shared())) == [
        ("fine", "platform", "stack platform is up"),
        ("fine", "cluster aks-p", "runs, with OIDC issuer and workload identity"),
        ("fine", "vault kv-p", "is there"),
    ]


@pytest.mark.parametrize(
    ("output", "change", "wrong"),
    [
        (
            PlatformOutput("p", problem="stack p has no output platform"),
            None,
            "stack p has no output platform",
        ),
        (
            PlatformOutput("p", platform(version=1)),
            None,
            "stack p publishes version 1 of its platform, and this",
        ),
        (
            PlatformOutput("p", platform(tenantId="other")),
            None,
            "stack p is in tenant other, and pulumi is signed in to",
        ),
        (
            PlatformOutput("p", platform()),
            lambda cloud: remove(cloud, "aks-p"),
            "there is no cluster aks-p in",
        ),
        (
            PlatformOutput("p", platform()),
            lambda cloud: set(cloud, "aks-p", powerState={"code": "Stopped"}),
            "is stopped",
        ),
        (
            PlatformOutput("p", platform()),
            lambda cloud: remove(cloud, "kv-p"),
            "stack p names it, and it does",
        ),
        (PlatformOutput("p", platform(vault={})), None, ""),
    ],
)
def test_a_platform_is_broken(output: PlatformOutput, change: Break | None, wrong: str):
    cloud = shared()
    if change:
        change(cloud)
    broken = [each for each in on_platform("platform", output, cloud) if each.state != "fine"]
    assert [each.text[: len(wrong)] for each in broken] == ([wrong] if wrong else [])


def test_rights_and_secrets_are_looked_at_in_the_platform():
    output = PlatformOutput("p", platform())
    cloud = shared()
    cloud.permissions[ROOT.lower()] = [{"actions": ["*/read"], "notActions": []}]
    remove(cloud, "db-password")
    broken = {
        family: [
            (each.subject, each.check) for each in on_platform(family, output, cloud) if each.state == "wrong"
        ]
        for family in ("role_assignments", "deployer_rights", "kubernetes_rights", "secrets")
    }
    assert broken == {
        "role_assignments": [("deployer", "role assignments on vault kv-p")],
        "deployer_rights": [
            ("deployer", "rights in the subscription"),
            ("deployer", "rights in cluster aks-p"),
            ("deployer", f"rights in resource group {GROUP}"),
        ],
        "kubernetes_rights": [("deployer", "rights in Kubernetes")],
        "secrets": [("vault kv-p", "secret db-password")],
    }


GROUP = "rg-aks-secrets-stack"


@pytest.mark.parametrize("text", ["null", "[]", "{", '{"cluster": {}}', '{"cluster": {"id": 7}}'])
def test_an_output_of_another_form_is_a_sentence(text: str):
    with mock.patch("operations.doctor.platform_output.Cli") as cli:
        cli.return_value.run = mock.Mock(return_value=text)
        assert "the output platform of stack p" in PlatformOutput.read(mock.Mock(), "p").problem
        refusal = OperationError("pulumi stack output: no stack named 'p' broken")
        cli.return_value.run = mock.Mock(side_effect=refusal)
        assert "no stack named" in PlatformOutput.read(mock.Mock(), "p").problem
