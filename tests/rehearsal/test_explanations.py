"""A rehearsal tells cause and next step of what fails."""

from typing import Any

from rehearsal.explanations import MOST, explanations
from rehearsal.operations import Outcome
from rehearsal.report import Report

STACK = "urn:pulumi:dev::aks-secrets::pulumi:pulumi:Stack::aks-secrets-dev"
PODS = "urn:pulumi:dev::aks-secrets::kubernetes:apps/v1:Deployment::orders-pods"
NO_KEY = "couldn't find key DB_PASSWORD in Secret shop/orders-vault"


def _failed(*messages: str, urn: str = PODS, resources: tuple[dict[str, Any], ...] = ()) -> Outcome:
    entries = [{"severity": "error", "urn": urn, "message": message} for message in messages]
    return Outcome(False, Report(resources=resources, diagnostics=entries))


def test_a_failing_pod_is_explained_with_the_names_of_its_message() -> None:
    (text,) = explanations(_failed(f"[CreateContainerConfigError] {NO_KEY}"), "prod")
    assert text.startswith("CreateContainerConfigError: A variable or a volume of the pod names a Secret")
    assert "not there: orders-vault" in text
    assert "python -m rehearsal verify --stack prod" in text
    assert text.endswith("(docs/troubleshooting.md#createcontainerconfigerror)")


def test_workload_and_namespace_are_those_of_the_object() -> None:
    row = {
        "urn": PODS,
        "type": "kubernetes:apps/v1:Deployment",
        "inputs": {"metadata": {"name": "orders", "namespace": "shop"}},
    }
    message = "Back-off restarting failed container orders in pod x"
    (text,) = explanations(_failed(message, resources=(row,)))
    assert "python -m rehearsal verify --stack dev" in text


def test_equal_failures_are_told_once_and_many_are_counted() -> None:
    assert len(explanations(_failed(NO_KEY, f"again: {NO_KEY}"))) == 1
    many = explanations(_failed(*(f"couldn't find key K in Secret shop/s-{number}" for number in range(9))))
    assert len(many) == MOST + 1
    assert many[-1] == "and 4 more failures, each with its message above"


def test_refusals_of_the_program_have_their_own_next_step() -> None:
    message = "vault.name: a vault with the same name already exists in deleted state; set vault.recover"
    assert explanations(_failed(message, urn=STACK)) == []


def test_a_success_and_an_unknown_message_are_not_explained() -> None:
    assert (
        explanations(Outcome(True, Report(diagnostics=[{"severity": "error", "urn": "", "message": NO_KEY}])))
        == []
    )
    assert explanations(_failed("something else")) == []
