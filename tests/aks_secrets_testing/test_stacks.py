"""A user's tests of a stack file: who reads what, what exists, what is refused."""

from pathlib import Path

import pulumi
import pytest

from aks_secrets_testing import build_stack

SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
SHARED = f"{SUBSCRIPTION}/resourceGroups/rg-shared"
VAULT = {
    "id": f"{SHARED}/providers/Microsoft.KeyVault/vaults/kv-shared",
    "location": "westeurope",
    "properties": {
        "tenantId": "7e4a47e4-0000-4000-8000-00000000000a",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    },
}
CLUSTER = {
    "id": f"{SHARED}/providers/Microsoft.ContainerService/managedClusters/aks-shared",
    "location": "westeurope",
    "identity": {"type": "SystemAssigned"},
    "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://issuer.example/of-the-seed/"},
    "securityProfile": {"workloadIdentity": {"enabled": True}},
}
CLOUD = {"azure": [{"id": SHARED, "location": "westeurope"}, VAULT, CLUSTER]}
ADOPTS = """
config:
  azure-native:location: westeurope
  aks-secrets:composition: workloads
  aks-secrets:cluster:
    existing: {name: aks-shared, resource_group: rg-shared}
    resource_group: rg-shared
  aks-secrets:vault:
    existing: {name: kv-shared, resource_group: rg-shared}
  aks-secrets:resource_groups: [{name: rg-shared, existing: true}]
  aks-secrets:technique: sdk
  aks-secrets:workloads:
"""
WORKLOADS = """
    - {name: orders, namespace: shop, kind: none, identity: shared, secrets: [{name: db, from: existing}]}
    - {name: bills, namespace: shop, kind: none, identity: shared, secrets: [{name: tax, from: existing}]}
    - {name: mailer, namespace: shop, kind: none, secrets: [{name: mail, from: config}]}
    - {name: backup, namespace: ops, kind: none, scope: vault, secrets: [{name: tax, from: existing}]}
  aks-secrets:identities: [{name: shared}]
  secret-values:mail:
    secure: v1:AAAAAAAAAAA=:AAAAAAAAAAAAAAAA
"""


@pytest.fixture
def adopts(tmp_path: Path) -> Path:
    path = tmp_path / "Pulumi.team.yaml"
    path.write_text(ADOPTS + WORKLOADS, encoding="utf-8")
    return path


def test_readers_are_all_who_may_read(adopts: Path) -> None:
    """Also those that share the identity, or that may read the whole vault, without listing the secret."""
    team = build_stack(adopts, cloud=CLOUD)
    assert team.readers("db") == {"orders", "bills", "backup"}
    assert team.readers("mail") == {"mailer", "backup"}
    assert team.readers("unheard-of") == {"backup"}
    assert team.readers("db", vault="kv-other") == set()
    assert team.reads("orders") == {"db", "tax"}
    assert team.reads("backup") == {"tax", "*"}


def test_a_workload_that_does_not_exist_reads_nothing_only_by_mistake(adopts: Path) -> None:
    with pytest.raises(AssertionError, match=r"no workload 'order'; choose orders, bills, mailer, backup"):
        build_stack(adopts, cloud=CLOUD).reads("order")


def test_what_the_stack_adopts_is_read_from_the_seed(adopts: Path) -> None:
    team = build_stack(adopts, cloud=CLOUD)
    assert {row["issuer"] for row in team.access} == {"https://issuer.example/of-the-seed/"}
    assert {row["vault"] for row in team.access} == {"kv-shared"}
    scopes = {str(grant.inputs["scope"]) for grant in team.of_type("RoleAssignment")}
    assert f"{VAULT['id']}/secrets/db" in scopes
    assert not team.of_type("Vault")


@pytest.mark.parametrize(("missing", "path"), [(VAULT, "vault.existing"), (CLUSTER, "cluster.existing")])
def test_what_is_not_in_the_seed_is_refused_like_by_pulumi_up(
    adopts: Path, missing: dict[str, object], path: str
) -> None:
    seed = {"azure": [entry for entry in CLOUD["azure"] if entry is not missing]}
    with pytest.raises(pulumi.RunError, match=path):
        build_stack(adopts, cloud=seed)


def test_an_answer_of_the_test_goes_before_the_seed(adopts: Path) -> None:
    answers = {"azure-native:keyvault:getVault": Exception("Status=403 forbidden")}
    with pytest.raises(pulumi.RunError, match=r"vault\.existing.*403"):
        build_stack(adopts, cloud=CLOUD, answers=answers)


def test_encrypted_values_are_stand_ins_that_stay_secret(adopts: Path) -> None:
    secret = build_stack(adopts, cloud=CLOUD).single("Secret", "vault/mail")
    assert secret.is_secret("properties")
    assert secret.plain()["properties"]["value"] == "rehearsal-stand-in-for-secret-values:mail"


def test_wrong_settings_are_refused_in_the_words_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.team.yaml"
    path.write_text(
        ADOPTS + WORKLOADS.replace("name: orders,", "name: orders, technique: csv,"), encoding="utf-8"
    )
    with pytest.raises(pulumi.RunError, match=r"workloads\[0\]\.technique: unknown technique 'csv'"):
        build_stack(path, cloud=CLOUD)


def test_warnings_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.own.yaml"
    path.write_text(
        "config:\n  azure-native:location: westeurope\n"
        "  aks-secrets:cluster: {local_accounts: true, system_pool: {vm_size: Standard_D2s_v5}}\n",
        encoding="utf-8",
    )
    assert any("cluster.local_accounts" in warning for warning in build_stack(path).warnings)


def test_a_stack_on_a_platform_is_built_on_the_platforms_build(tmp_path: Path) -> None:
    platform, team = tmp_path / "Pulumi.platform.yaml", tmp_path / "Pulumi.team.yaml"
    platform.write_text(
        """
config:
  azure-native:location: westeurope
  aks-secrets:composition: platform
  aks-secrets:cluster: {system_pool: {vm_size: Standard_D2s_v5}}
""",
        encoding="utf-8",
    )
    team.write_text(
        """
config:
  azure-native:location: westeurope
  aks-secrets:composition: workloads
  aks-secrets:platform: {stack: organization/aks-secrets/platform}
  aks-secrets:workloads:
    - {name: orders, namespace: shop, technique: sdk, kind: none, secrets: [{name: db, from: random}]}
""",
        encoding="utf-8",
    )
    base = build_stack(platform)
    built = build_stack(team, platform=base)
    assert built.readers("db") == {"orders"}
    assert built.access[0]["vault"] == base.single("Vault").inputs["vaultName"]


def test_a_preview_leaves_what_azure_makes_unknown(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.own.yaml"
    path.write_text(
        "config:\n  azure-native:location: westeurope\n"
        "  aks-secrets:cluster: {system_pool: {vm_size: Standard_D2s_v5}}\n"
        "  aks-secrets:technique: sdk\n"
        "  aks-secrets:workloads:\n"
        "    - {name: orders, namespace: shop, kind: none, secrets: [{name: db, from: random}]}\n",
        encoding="utf-8",
    )
    first, later = build_stack(path, preview=True), build_stack(path)
    assert {resource.urn for resource in first.resources} == {resource.urn for resource in later.resources}
    credential = "FederatedIdentityCredential"
    assert first.single(credential).inputs["issuer"] != later.single(credential).inputs["issuer"]


def test_a_stack_file_with_recover_is_built_as_in_the_update_that_recovers(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.back.yaml"
    path.write_text(
        "config:\n  azure-native:location: westeurope\n  aks-secrets:vault: {name: kv-back, recover: true}\n"
        "  aks-secrets:cluster: {system_pool: {vm_size: Standard_D4s_v5, count: 2}}\n"
        "  aks-secrets:workloads:\n    - {name: api, namespace: shop, technique: sdk, kind: none,"
        " secrets: [{name: db, from: random}]}\n",
        encoding="utf-8",
    )
    built = build_stack(path)
    assert built.single("Vault").inputs["properties"]["createMode"] == "recover"
    assert [secret.name for secret in built.of_type("keyvault:Secret")] == ["vault/db"]
    assert any("kv-back" in warning and "recovers it" in warning for warning in built.warnings)


def test_a_day_without_quotes_is_what_pulumi_makes_of_it(tmp_path: Path) -> None:
    """YAML reads a date, and JSON has none: the program gets the text that Pulumi writes for it."""
    waiver = "{proof: image-pinned, reason: tags only, expires: 2027-01-31}"
    stack_file = tmp_path / "Pulumi.dev.yaml"
    stack_file.write_text(f"{ADOPTS}{WORKLOADS}  aks-secrets:waivers: [{waiver}]\n")
    built = build_stack(stack_file, cloud=CLOUD)
    assert built.outputs is not None
    assert built.outputs["waivers"][0]["expires"] == "2027-01-31"


def test_values_of_pulumi_yaml_count_for_keys_that_the_stack_file_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aks_secrets_testing.stacks.PROGRAM", tmp_path)
    (tmp_path / "Pulumi.yaml").write_text(
        "name: aks-secrets\nconfig:\n  azure-native:location: {value: northeurope}\n"
        "  aks-secrets:tags: {value: {team: shop, cost: c1}}\n  aks-secrets:vault: {value: {name: kv-all}}\n",
        encoding="utf-8",
    )
    path = tmp_path / "Pulumi.own.yaml"
    path.write_text(
        "config:\n  aks-secrets:cluster: {system_pool: {vm_size: Standard_D2s_v5}}\n  tags: {team: own}\n",
        encoding="utf-8",
    )
    built = build_stack(path)
    vault = built.single("Vault").inputs
    assert (vault["vaultName"], built.config["azure-native:location"]) == ("kv-all", "northeurope")
    assert vault["tags"] == {"team": "own"}, "Pulumi merges whole keys"


def test_workloads_of_the_base_file_are_those_of_the_stack() -> None:
    stage = build_stack(Path(__file__).parents[2] / "examples" / "stages" / "Pulumi.test.yaml")
    assert stage.reads("worker") == {"shop-db-password"}
    assert stage.readers("shop-db-password") == {"api", "worker"}
    with pytest.raises(AssertionError, match="choose api, worker, load-generator"):
        stage.reads("wroker")


def test_what_only_azure_shows_is_reported_where_it_stands(tmp_path: Path) -> None:
    base = "tests/settings/base/files/of-a-stage.yaml"
    path = tmp_path / "Pulumi.stage.yaml"
    path.write_text(
        f"config:\n  azure-native:location: westeurope\n  aks-secrets:base: {base}\n"
        "  aks-secrets:cluster: {kubernetes_version: '1.36'}\n",
        encoding="utf-8",
    )
    sizes = [line for line in build_stack(path).warnings if "Standard_B2s" in line]
    assert [line.partition(": ")[0] for line in sizes] == [f"{base}:3"]
