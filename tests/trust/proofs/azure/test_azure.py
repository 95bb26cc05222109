"""Resources of Azure that are changed in one place: what comes first, and its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.trust.graphs import STACK_FILES, build_config, shipped_build
from tests.trust.proofs.broken import config, not_proved
from tests.trust.proofs.changing import Changed, changed_inputs, ids, whole, without
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import Verdict, run

_ROLE = "RoleAssignment::files/secrets/db-password"
_CREDENTIAL = "FederatedIdentityCredential::app/shop/app"
_SECRET = "keyvault:Secret::vault/db-password"
_VAULT = "keyvault:Vault::vault-vault"
_OTHER = "99999999-0000-4000-8000-000000000009"
_WIDER = frozenset({"role-is-needed"})
PROD = next(
    path for path in STACK_FILES if path.name == "Pulumi.prod.yaml" and path.parent.name == "stack_files"
)


def _up(count: int) -> object:
    """The scope with this many of its parts."""
    return lambda scope: "/".join(scope.split("/")[: count + 1])


CASES = [
    Changed(
        _ROLE,
        ("scope",),
        lambda scope: scope.replace("5b5c5c5b-0000-4000-8000-00000000000b", _OTHER),
        "role-scope-exists",
        f"files: a role is at vault 'kv-test-d2541246' in subscription '{_OTHER}'",
        "files",
        frozenset({"role-covers-requests"}),
    ),
    Changed(
        _ROLE,
        ("scope",),
        lambda scope: scope.replace("rg-aks-secrets-test", "rg-other"),
        "role-scope-exists",
        "resource group 'rg-other'; the vault is in subscription",
        "files",
        frozenset({"role-covers-requests"}),
    ),
    Changed(
        _ROLE,
        ("condition",),
        "((!(ActionMatches{'Microsoft.KeyVault/vaults/secrets/getSecret/action'})))",
        "role-covers-requests",
        "files: whether identity 'id-aks-secrets-test-files' may read secret 'db-password' of vault"
        " 'kv-test-d2541246' is unknown: its role has a condition",
        "files",
        more=((("conditionVersion",), "2.0"),),
    ),
    *(
        Changed(_ROLE, ("scope",), _up(count), "role-is-asked-for", says, "files", _WIDER)
        for count, says in (
            (8, "may read every secret of vault 'kv-test-d2541246' by a role at the vault (Key Vault"),
            (4, "by a role at resource group 'rg-aks-secrets-test' (Key Vault Secrets User), which nothing"),
            (2, "by a role at subscription '5b5c5c5b-0000-4000-8000-00000000000b'"),
        )
    ),
    Changed(
        "RoleAssignment::app/secrets/api-key",
        ("principalId",),
        "<nightly-identity.principalId>",
        "role-is-asked-for",
        "nightly: identity 'id-aks-secrets-test-nightly' may read secret 'api-key' of vault"
        " 'kv-test-d2541246' by a role at the object",
        "nightly",
        _WIDER,
        added=True,
    ),
    Changed(
        _ROLE,
        ("principalType",),
        "User",
        "role-principal-type",
        "names identity 'id-aks-secrets-test-files' as a 'User'",
        "files",
    ),
    Changed(
        _CREDENTIAL,
        ("subject",),
        "system:serviceaccount:shop:files",
        "credential-is-used",
        "identity 'id-aks-secrets-test-app' also trusts ServiceAccount 'shop/files', which names identity"
        " 'id-aks-secrets-test-files'",
        "",
        added=True,
        more=((("federatedIdentityCredentialResourceName",), "more"),),
    ),
    Changed(
        _CREDENTIAL,
        ("subject",),
        "system:serviceaccount:shop:files",
        "credential-is-used",
        "also trusts ServiceAccount 'shop/files'",
        "",
        frozenset({"account-identity"}),
    ),
    Changed(
        _SECRET,
        ("properties", "attributes"),
        {"expires": 1500000000},
        "written-object-is-current",
        "secret 'db-password' has expired (2017-07-14)",
        "",
    ),
    Changed(
        _SECRET,
        ("properties", "attributes"),
        {"notBefore": 4100000000},
        "written-object-is-current",
        "secret 'db-password' is not valid yet (2099-12-03)",
        "",
    ),
    Changed(
        _VAULT,
        ("properties", "publicNetworkAccess"),
        "Disabled",
        "vault-has-a-way-in",
        "vault 'kv-test-d2541246' has public access off, and no private endpoint leads to it",
        "",
    ),
    Changed(
        _VAULT,
        ("properties", "networkAcls", "defaultAction"),
        "Deny",
        "vault-has-a-way-in",
        "denies every address, lists none, and no private endpoint leads to it",
        "",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_cause_comes_first(case: Changed) -> None:
    case.check()


def test_dates_that_hold_today_break_nothing() -> None:
    dates = {"expires": 4100000000, "notBefore": 1500000000}
    assert Changed(_SECRET, ("properties", "attributes"), dates, "", "", "").verdicts() == []


def test_a_condition_hides_nothing_of_a_second_role_without_one() -> None:
    added = Changed(_ROLE, ("condition",), "true", "", "", "", added=True)
    assert added.verdicts() == []


def test_nodes_may_read_no_vault_unless_a_class_reads_as_they_do() -> None:
    principal = "88888888-0000-4000-8000-000000000008"

    def verdicts(graph: Graph) -> list[str]:
        (cluster,) = [node for node in graph if node.urn.endswith("ManagedCluster::cluster-cluster")]
        profile = {"kubeletidentity": {"clientId": principal, "objectId": principal}}
        role = next(node for node in graph if node.urn.endswith("/secrets/db-password"))
        role = changed_inputs(role, [(("principalId",), principal)])
        role = replace(role, urn=f"{role.urn}-nodes", outputs={})
        nodes = [
            replace(item, outputs={**item.outputs, "identityProfile": profile}) if item is cluster else item
            for item in graph
        ]
        open_ones = not_proved(run(Chain.read(Graph([*nodes, role], "build", outputs=graph.outputs))))
        return [judged.text for verdict in open_ones for judged in verdict.findings]

    assert verdicts(whole()) == [
        "the nodes of cluster 'aks-test', and every pod on them, may read secret 'db-password' of vault"
        " 'kv-test-d2541246' (Key Vault Secrets User)"
    ]
    stack = config("files")
    stack["workloads"][0]["access"] = "user-assigned-vm"
    by_node = build_config(stack).graph
    assert verdicts(by_node) == []


def test_a_private_endpoint_needs_the_names_that_the_stack_makes() -> None:
    graph = shipped_build(PROD).graph
    says = {
        "PrivateEndpoint::vault-private-endpoint": "public access off, and no private endpoint leads to it",
        "PrivateDnsZoneGroup::vault-private-zone-group": "a private endpoint without a zone group, so its"
        " name leads to a public address",
        "VirtualNetworkLink::vault-zone/to-vnet-prod": "a private endpoint, and its zone 'vault-zone-zone' is"
        " linked to no network",
    }
    assert {urn: _texts(without(urn, lambda: graph)) for urn in says} == {
        urn: [f"vault 'kv-prod-c9ff18eb' has {text}"] for urn, text in says.items()
    }


def _texts(verdicts: list[Verdict]) -> list[str]:
    return [
        judged.text
        for verdict in verdicts
        for judged in verdict.findings
        if verdict.proof.name != "image-pinned"
    ]


def test_the_address_of_another_cloud_is_not_that_of_the_vault() -> None:
    graph = whole()
    (vault,) = [node for node in graph if node.urn.endswith(_VAULT)]
    uri = "https://kv-test-d2541246.vault.azure.cn/"
    outputs = {**vault.outputs, "properties": {"vaultUri": uri}}
    nodes = [replace(node, outputs=outputs) if node is vault else node for node in graph]
    chain = Chain.read(Graph(nodes, "build", outputs=graph.outputs))
    (verdict,) = run(chain, only=["application-knows-its-vault"])
    assert verdict.findings[0].text == (
        "KEYVAULT_URL of workload 'app' is 'https://kv-test-d2541246.vault.azure.net/', and the vault answers"
        f" at '{uri}'"
    )
