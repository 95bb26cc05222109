"""A stack that runs with an identity binding: what breaks, and what AKS leaves."""

from collections.abc import Callable

import pytest

from operations.checks import exit_status
from tests.operations.verify.azure import ME
from tests.operations.verify.live import Live, made, running, shown
from tests.trust.stacks import VARIANTS, stack, without_pods
from trust.nodes.fields import known

pytestmark = pytest.mark.servers

KEY_VAULT_READER = "21090545-7ca7-4776-b22c-e363652d74d2"
BINDING, RIGHT = "identity binding", "right to use"


def unbound(live: Live) -> None:
    for binding in live.chain.identity_bindings:
        del live.azure.documents[known(binding.node.id).lower()]


def bound_to_another(live: Live) -> None:
    for document in live.azure.documents.values():
        if "managedIdentity" in document["properties"]:
            document["properties"]["managedIdentity"] = {"resourceId": "/subscriptions/s/other"}


def being_made(live: Live) -> None:
    for document in live.azure.documents.values():
        if "managedIdentity" in document["properties"]:
            document["properties"]["provisioningState"] = "Creating"


def without_credential(live: Live) -> None:
    for credentials in live.azure.credentials.values():
        credentials.clear()


def without_right(live: Live) -> None:
    live.kubernetes.may_use = False


def without_audience(live: Live) -> None:
    pod = live.object("v1", "shop", "pods", "sdk-0")
    source = pod["spec"]["volumes"][-1]["projected"]["sources"][0]["serviceAccountToken"]
    source["audience"] = "api://AzureADTokenExchange"


BREAKS: list[tuple[Callable[[Live], None], str, str, str, str]] = [
    (unbound, BINDING, "wrong", "its binding aks-secrets-test-", "pulumi up"),
    (bound_to_another, BINDING, "wrong", "is for /subscriptions/s/other", "pulumi up"),
    (being_made, BINDING, "waiting", "is Creating", "pulumi up"),
    (
        without_credential,
        BINDING,
        "wrong",
        "no credential aks-identity-binding any more",
        "--replace 'urn:pulumi:",
    ),
    (without_right, RIGHT, "wrong", "RBAC does not let ServiceAccount shop/", "pulumi up"),
    (
        without_audience,
        "token in pods",
        "wrong",
        "no projected token for api://AKSIdentityBinding",
        "rollout restart",
    ),
]


def test_what_is_broken_of_a_binding_comes_with_what_to_type(monkeypatch, way):
    graph = made(VARIANTS["an identity binding"])
    for broken, check, state, text, next_step in BREAKS:
        with running(monkeypatch, way, graph) as live:
            for vault in live.chain.vaults:
                live.azure.assign(ME, KEY_VAULT_READER, str(vault.resource_id))
            broken(live)
            findings = live.verify()
            matching = [item for item in findings if (item.check, item.state) == (check, state)]
            assert matching, shown(findings)
            assert text in matching[0].text
            assert next_step in matching[0].next_step


def test_the_credential_that_aks_leaves_is_told_when_no_binding_needs_it(monkeypatch, way):
    with running(monkeypatch, way, made(stack(without_pods("a", "sdk")))) as live:
        (identity,) = (key for key in live.azure.credentials if key.endswith("-a"))
        issuer = {"issuer": "https://ib.oic.prod-aks.azure.com/t/c", "subject": "of AKS"}
        live.azure.credentials[identity].append({"name": "aks-identity-binding", "properties": issuer})
        findings = live.verify()
        (left,) = [item for item in findings if "is left of an identity binding" in item.text]
        assert left.state == "wrong"
        assert left.next_step.startswith("if no cluster binds it: az identity federated-credential delete")
        assert exit_status(findings) == 1
