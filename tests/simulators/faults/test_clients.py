"""Retries of the providers after a wrong answer, and how the day of a world counts calls."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.faults.clients import (
    ApiServerClient,
    AzureClient,
    InterruptedWriteError,
    WrongAnswerError,
)
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.faults.document import Operation, read
from rehearsal.simulators.world import World

CLUSTER = "azure-native:containerservice:ManagedCluster"
GROUP = "azure-native:resources:ResourceGroup"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
NAMESPACE = "kubernetes:core/v1:Namespace"


class Request:
    """A request that counts how often it is carried out."""

    def __init__(self, folder: Path, token: str, **fault: Any) -> None:
        self.world, self.token, self.carried_out = World(folder), token, 0
        day = read({"calls": [{"type": token, **fault}]})
        self.faults = Faults(self.world, day)
        self.client = AzureClient() if token.startswith("azure-native") else ApiServerClient()

    def _carry_out(self) -> str:
        self.carried_out += 1
        return "made"

    def send(self, operation: Operation = Operation.CREATE) -> str:
        return self.faults.sent(self.client, self.token, "shop", operation, self._carry_out)


@pytest.mark.parametrize(
    ("token", "fault", "waited"),
    [
        (GROUP, {"answer": "conflict"}, 20),
        (CREDENTIAL, {"answer": "conflict", "times": 2}, 80),
        (GROUP, {"answer": "throttled", "times": 3, "retry_after": "30s"}, 90),
        (GROUP, {"answer": "throttled", "retry_after": "2m"}, 120),
        (GROUP, {"answer": "server-error", "times": 3}, 200),
        (CLUSTER, {"answer": "unavailable"}, 20),
        (CLUSTER, {"answer": "timed-out", "times": 2}, 80),
        (CLUSTER, {"answer": "lost", "times": 3}, 200),
        (NAMESPACE, {"answer": "throttled", "times": 10}, 10),
        (NAMESPACE, {"answer": "unavailable", "retry_after": 5}, 5),
    ],
)
def test_what_a_client_tries_again_succeeds(
    tmp_path: Path, token: str, fault: dict[str, Any], waited: int
) -> None:
    request = Request(tmp_path, token, **fault)
    assert request.send() == "made"
    assert (request.carried_out, request.world.clock) == (1, waited)


@pytest.mark.parametrize(
    ("token", "fault", "text"),
    [
        (
            GROUP,
            {"answer": "conflict", "times": 4},
            'Status=409 Code="AnotherOperationInProgress" Message="',
        ),
        (
            CLUSTER,
            {"answer": "conflict"},
            'Status=409 Code="OperationNotAllowed" Message="Operation',
        ),
        (
            "azure-native:keyvault:Secret",
            {"answer": "conflict"},
            'Status=409 Code="ConflictError" ',
        ),
        (GROUP, {"answer": "throttled", "retry_after": "121s"}, 'Status=429 Code="SubscriptionRequestsThrot'),
        (GROUP, {"answer": "server-error", "times": 4}, 'Status=500 Code="InternalServerError" Message="Enc'),
        (GROUP, {"answer": "unavailable", "times": 9}, 'Status=503 Code="ServerTimeout" Message="The reques'),
        (GROUP, {"answer": "timed-out", "times": 4}, 'Status=504 Code="GatewayTimeout" Message="The gateway'),
        (NAMESPACE, {"answer": "throttled", "times": 11}, "the server has received too many requests and "),
        (NAMESPACE, {"answer": "server-error"}, "etcdserver: request timed out"),
        (NAMESPACE, {"answer": "conflict"}, 'Operation cannot be fulfilled on namespaces "shop": the object'),
    ],
)
def test_what_it_does_not_try_again_was_not_carried_out(
    tmp_path: Path, token: str, fault: dict[str, Any], text: str
) -> None:
    request = Request(tmp_path, token, **fault)
    with pytest.raises(WrongAnswerError) as wrong:
        request.send()
    assert str(wrong.value).startswith(text)
    assert request.carried_out == 0
    assert request.send() == "made"


@pytest.mark.parametrize(("token", "times"), [(GROUP, 4), (NAMESPACE, 1)])
def test_a_lost_answer_leaves_what_was_made(tmp_path: Path, token: str, times: int) -> None:
    request = Request(tmp_path, token, answer="lost", times=times)
    with pytest.raises(WrongAnswerError, match=r"connection reset by peer$"):
        request.send()
    assert request.carried_out == 1


def test_only_a_long_running_write_is_interrupted(tmp_path: Path) -> None:
    request = Request(tmp_path / "cluster", CLUSTER, answer="interrupted")
    with pytest.raises(InterruptedWriteError, match='Status=503 Code="ServerTimeout"') as interrupted:
        request.send()
    assert interrupted.value.result == "made"
    request = Request(tmp_path / "group", GROUP, answer="interrupted")
    with pytest.raises(WrongAnswerError, match=r"connection reset by peer$"):
        request.send()


def test_the_chosen_call_of_the_type_goes_wrong(tmp_path: Path) -> None:
    request = Request(tmp_path, NAMESPACE, answer="server-error", call=2, operation="update")
    assert request.send() == "made"
    assert request.send(Operation.UPDATE) == "made"
    assert request.send(Operation.READ) == "made"
    with pytest.raises(WrongAnswerError):
        request.send(Operation.UPDATE)
    assert request.send(Operation.UPDATE) == "made"
