"""The documents from which resources are read, and those that are refused."""

import json
from typing import Any

import pytest

from tests.trust.recording import recorded
from trust import SECRET, UNKNOWN, Graph, TrustError, read_preview, read_rehearsal, read_state
from trust.graph import Node
from trust.proofs import waivers_of
from trust.values import leaves

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
VAULT = "azure-native:keyvault:Vault"
CLUSTER = "azure-native:containerservice:ManagedCluster"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"


def single(graph: Graph, token: str, name: str | None = None) -> Node:
    (node,) = [node for node in graph.of_type(token) if name in (None, node.name)]
    return node


def without_default_providers(graph: Graph) -> set[str]:
    return {node.urn for node in graph if "::default" not in node.urn}


def test_every_source_holds_the_same_resources() -> None:
    rehearsal = without_default_providers(read_rehearsal(recorded("rehearsal_before")))
    assert without_default_providers(read_state(recorded("state_before"))) == rehearsal
    assert without_default_providers(read_preview(recorded("preview_same"))) == rehearsal
    assert without_default_providers(read_preview(recorded("preview_new"))) == rehearsal
    changed = without_default_providers(read_rehearsal(recorded("rehearsal_after")))
    assert without_default_providers(read_preview(recorded("preview_changed"))) == changed != rehearsal


def test_a_rehearsal_tells_operations_changes_and_outputs() -> None:
    graph = read_rehearsal(recorded("rehearsal_after"))
    vault = single(graph, VAULT)
    assert (vault.op, vault.protect, vault.diffs) == ("update", True, ("properties.enablePurgeProtection",))
    account = single(graph, "kubernetes:core/v1:ServiceAccount", "worker-service-account")
    assert (account.op, account.replace_reasons) == ("replace", ("metadata.namespace",))
    assert single(graph, CLUSTER).get("oidcIssuerProfile.issuerURL").startswith("https://")
    assert {node.name for node in graph.deleted.values()} >= {"orders/secrets/payment-api-key"}
    assert graph.outputs
    assert {row["workload"] for row in graph.outputs["access"]} == {"orders", "worker"}


def test_a_first_preview_knows_inputs_and_no_outputs() -> None:
    graph = read_preview(recorded("preview_new"))
    cluster = single(graph, CLUSTER)
    assert (cluster.op, cluster.id, graph.outputs) == ("create", UNKNOWN, None)
    assert cluster.get("oidcIssuerProfile.enabled") is True
    assert cluster.get("oidcIssuerProfile.issuerURL") is UNKNOWN
    credential = single(graph, CREDENTIAL, "orders/orders/orders")
    assert credential.get("issuer") is UNKNOWN
    assert credential.get("subject") == "system:serviceaccount:orders:orders"


def test_a_preview_of_changes_keeps_what_does_not_change() -> None:
    before = read_state(recorded("state_before"))
    graph = read_preview(recorded("preview_changed"))
    vault, cluster = single(graph, VAULT), single(graph, CLUSTER)
    assert (vault.op, vault.protect, vault.diffs) == ("update", True, ("properties.enablePurgeProtection",))
    assert vault.get("properties.enablePurgeProtection") is True
    assert vault.get("properties.vaultUri") == single(before, VAULT).get("properties.vaultUri")
    assert (vault.id, cluster.id) == (single(before, VAULT).id, single(before, CLUSTER).id)
    issuer = cluster.get("oidcIssuerProfile.issuerURL")
    assert issuer == single(before, CLUSTER).get("oidcIssuerProfile.issuerURL")
    account = single(graph, "kubernetes:core/v1:ServiceAccount", "worker-service-account")
    assert (account.op, account.replace_reasons) == ("replace", ("metadata.namespace",))
    assert {node.name for node in graph.deleted.values()} >= {"orders/secrets/payment-api-key"}


def test_a_digest_of_changes_only_is_merged_over_the_state_that_it_began_with() -> None:
    merged = read_preview(recorded("preview_changed_only"), recorded("state_before"))
    whole = read_preview(recorded("preview_changed"))
    assert without_default_providers(merged) == without_default_providers(whole)
    for node in whole:
        other = merged.get(node.urn)
        assert other
        assert (other.op, other.id, other.inputs) == (node.op, node.id, node.inputs), node.urn


def test_a_digest_of_changes_only_is_never_judged_as_the_whole() -> None:
    with pytest.raises(TrustError) as refusal:
        read_preview(recorded("preview_changed_only"))
    count = recorded("preview_changed_only")["changeSummary"]["same"] - 1  # the stack itself is always there
    assert str(refusal.value) == (
        f"the digest leaves out {count} unchanged resources, so it cannot be judged as a whole; give the"
        " exported state too, or show them (pulumi preview --json --show-sames --show-reads --stack NAME)"
    )


def test_a_digest_is_not_merged_over_another_state() -> None:
    state = recorded("state_before")
    rows = state["deployment"]["resources"]
    state["deployment"]["resources"] = [row for row in rows if row["type"] != CLUSTER]
    with pytest.raises(TrustError, match="so the preview did not begin with this state"):
        read_preview(recorded("preview_changed_only"), state)


def test_a_preview_that_refreshes_is_whole_by_what_it_has_refreshed() -> None:
    """`pulumi preview --refresh --json`: a step `refresh` per resource, then the changes."""
    graph = read_preview(recorded("preview_drifted"))
    assert without_default_providers(graph) == without_default_providers(read_state(recorded("state_before")))
    changed = {node.name: node.op for node in graph if node.op != "same"}
    assert changed == {
        "orders/secrets/payment-api-key": "create",
        "vault-vault": "update",
        "worker-deployment": "update",
    }
    assert single(graph, CLUSTER).get("oidcIssuerProfile.issuerURL", UNKNOWN) is not UNKNOWN


def test_reads_that_a_digest_leaves_out_are_missed_too() -> None:
    digest = recorded("preview_same")
    digest["changeSummary"]["read"] = 1
    with pytest.raises(TrustError, match="the digest leaves out 1 unchanged"):
        read_preview(digest)


@pytest.mark.parametrize(
    ("read", "document", "problem"),
    [
        (read_rehearsal, {}, "this is not the document of a rehearsal"),
        (read_rehearsal, [], "this is not the document of a rehearsal"),
        (read_rehearsal, "preview_new", "this is not the document of a rehearsal"),
        (read_rehearsal, {"resources": [], "diagnostics": []}, "holds no stack"),
        (read_preview, {}, "this is not the digest of a preview"),
        (read_preview, None, "this is not the digest of a preview"),
        (read_preview, "state_before", "this is not the digest of a preview"),
        (read_preview, {"steps": []}, "does not say what it leaves out"),
        (read_preview, {"steps": [1], "changeSummary": {}}, "steps of this digest are not those"),
        (read_state, {}, "this is not an exported state"),
        (read_state, 1, "this is not an exported state"),
        (read_state, "preview_new", "this is not an exported state"),
        (read_state, {"deployment": {"resources": [{}]}}, "are not those of an export"),
    ],
)
def test_another_document_is_refused(read: Any, document: Any, problem: str) -> None:
    with pytest.raises(TrustError, match=problem):
        read(recorded(document) if isinstance(document, str) else document)


@pytest.mark.parametrize(
    ("read", "name", "subject"),
    [(read_rehearsal, "rehearsal_before", "rehearsal"), (read_preview, "preview_same", "preview")],
)
def test_a_failed_operation_is_not_judged(read: Any, name: str, subject: str) -> None:
    document = recorded(name)
    document["diagnostics"] = [{"severity": "error", "urn": "", "message": "no quota"}]
    with pytest.raises(TrustError, match=f"the {subject} failed, so its .* is not whole: no quota"):
        read(document)


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        {_SIGNATURE: _SECRET, "ciphertext": "v1:canary"},
        {_SIGNATURE: _SECRET, "plaintext": '"canary"'},
        {_SIGNATURE: _SECRET, "value": "canary"},
        {_SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True, "value": "canary"},
    ],
)
def test_no_form_of_a_secret_is_kept(value: Any) -> None:
    state = recorded("state_before")
    for row in state["deployment"]["resources"]:
        row["inputs"] = {**(row.get("inputs") or {}), "canary": {"in": [value]}}
        row["outputs"] = {**(row.get("outputs") or {}), "canary": {"in": [value]}}
    graph = read_state(state)
    assert graph.outputs
    assert graph.outputs["canary"] == {"in": [SECRET]}
    for node in graph:
        assert node.inputs["canary"] == {"in": [SECRET]}
        assert "canary" not in json.dumps([leaf for _, leaf in leaves({**node.inputs, **node.outputs})])


def test_a_resource_that_waits_for_its_deletion_is_not_there() -> None:
    state = recorded("state_before")
    vault = next(row for row in state["deployment"]["resources"] if row["type"] == VAULT)
    state["deployment"]["resources"].append({**vault, "urn": vault["urn"] + "2", "delete": True})
    assert len(read_state(state).of_type(VAULT)) == 1


def test_an_older_rehearsal_without_outputs_leaves_them_unknown() -> None:
    document = recorded("rehearsal_before")
    for row in document["resources"]:
        del row["outputs"]
    graph = read_rehearsal(document)
    assert single(graph, CLUSTER).get("oidcIssuerProfile.issuerURL") is UNKNOWN


def test_a_preview_has_the_waivers_of_its_config() -> None:
    """Its digest has no outputs of the stack."""
    waiver = {"proof": "image-pinned", "reason": "tags only", "expires": "2027-01-31 00:00:00 +0000 UTC"}
    digest = {**recorded("preview_new"), "config": {"aks-secrets:waivers": json.dumps([waiver])}}
    (only,) = waivers_of(read_preview(digest))
    assert (only.proof, only.reason, only.last_day) == ("image-pinned", "tags only", "2027-01-31")


@pytest.mark.parametrize("config", [{}, {"aks-secrets:waivers": "[]"}, {"aks-secrets:waivers": "[secret]"}])
def test_a_preview_without_waivers_has_none(config: dict[str, str]) -> None:
    assert waivers_of(read_preview({**recorded("preview_new"), "config": config})) == ()
