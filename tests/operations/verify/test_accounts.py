"""ServiceAccounts of other tools: the state tells which one reads, and verify whether it is there."""

import pytest

from tests.operations.verify.live import made, running
from tests.trust.stacks import ADD_ON, existing, stack, without_pods

pytestmark = pytest.mark.servers

CLIENT_ID = "azure.workload.identity/client-id"


def test_the_account_of_an_add_on_is_there_and_its_owner_is_told_what_it_lacks(monkeypatch, way):
    """It may name another identity, or none: KEDA's objects name the client id."""
    graph = made(stack(without_pods("keda", "sdk", existing("queue"), **ADD_ON)))
    with running(monkeypatch, way, graph) as live:
        account = live.object("v1", "kube-system", "serviceaccounts", "keda-operator")
        names = account["metadata"]["annotations"]
        assert [finding.text for finding in live.only("service account")] == [
            "ServiceAccount kube-system/keda-operator names id-aks-secrets-test-keda"
        ]
        client_id = names.pop(CLIENT_ID)
        (finding,) = live.only("service account")
        assert finding.state == "fine"
        assert f"its owner annotates it ({CLIENT_ID}: {client_id})" in finding.text
        live.kubernetes.objects = {
            path: item for path, item in live.kubernetes.objects.items() if item is not account
        }
        (finding,) = live.only("service account")
        assert (finding.state, finding.text) == (
            "wrong",
            "ServiceAccount kube-system/keda-operator does not exist",
        )
        assert finding.next_step.startswith("install the tool that brings it")


def test_a_pod_of_an_add_on_needs_the_label_and_no_client_id(monkeypatch, way):
    graph = made(stack(without_pods("keda", "sdk", existing("queue"), **ADD_ON)))
    token = {"projected": {"sources": [{"serviceAccountToken": {"audience": "api://AzureADTokenExchange"}}]}}
    variables = [{"name": "AZURE_FEDERATED_TOKEN_FILE", "value": "/var/run/secrets/azure/tokens/t"}]
    pod = {
        "kind": "Pod",
        "metadata": {
            "name": "keda-0",
            "namespace": "kube-system",
            "labels": {"azure.workload.identity/use": "true"},
        },
        "spec": {
            "serviceAccountName": "keda-operator",
            "volumes": [{"name": "token", **token}],
            "containers": [{"name": "keda-operator", "env": variables}],
        },
        "status": {"phase": "Running"},
    }
    with running(monkeypatch, way, graph) as live:
        live.kubernetes.objects[live.kubernetes.path("v1", "kube-system", "pods", "keda-0")] = pod
        assert [finding.state for finding in live.only("token in pods")] == ["fine"]
        pod["metadata"]["labels"] = {}
        (finding,) = live.only("token in pods")
        assert finding.text == "pod keda-0 has no label azure.workload.identity/use"
        assert "operations handover" in finding.next_step
