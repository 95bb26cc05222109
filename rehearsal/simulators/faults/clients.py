"""Retries of the providers' clients: which answers they try again, how often, and after what time.

No time passes: the waits are added to the world's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from rehearsal.simulators.faults import answers
from rehearsal.simulators.faults.document import Answer, CallFault

T = TypeVar("T")
AZURE_WAITS: Final = (20, 60, 120)
"""Seconds before the second, third and fourth try of a request: RetryDelay and MaxRetryDelay in
provider/pkg/azure/client_azcore.go of pulumi-azure-native; three retries are azcore's default
(defaultMaxRetries and calcDelay in sdk/azcore/runtime/policy_retry.go of azure-sdk-for-go).
"""
MAX_RETRY_AFTER: Final = 120
"""azcore gives up at once if Retry-After is longer than MaxRetryDelay (policy_retry.go)."""
KUBERNETES_RETRIES: Final = 10
"""Tries after the first one, while the answer has Retry-After (maxRetries in rest/request.go, client-go)."""


class WrongAnswerError(Exception):
    """The answer that the provider passes on, when it tries no more."""


class InterruptedWriteError(Exception):
    """The write is made, and how it ended is not known. `result` is the answer that it had."""

    def __init__(self, text: str, result: object) -> None:
        super().__init__(text)
        self.result = result


class Client(Protocol):
    """Sends a request to a service that answers wrongly."""

    def send(
        self, fault: CallFault, token: str, name: str, request: Callable[[], T], wait: Callable[[int], None]
    ) -> T:
        """The answer. Raises WrongAnswerError or InterruptedWriteError."""
        ...


class AzureClient:
    """azcore, as azure-native sets it up."""

    def send(
        self, fault: CallFault, token: str, name: str, request: Callable[[], T], wait: Callable[[int], None]
    ) -> T:
        if fault.answer is Answer.INTERRUPTED:
            result = self._lost(len(AZURE_WAITS), request, wait)
            if token.removeprefix("azure-native:") not in answers.LONG_RUNNING:
                raise WrongAnswerError(answers.LOST_BY_AZURE + answers.RESET)
            raise InterruptedWriteError(answers.interrupted(token), result)
        if fault.answer is Answer.LOST:
            return self._lost(fault.times, request, wait)
        wrong = answers.of_azure(fault.answer, token, fault.retry_after)
        if not wrong.retried or wrong.retry_after > MAX_RETRY_AFTER:
            raise WrongAnswerError(wrong.text)
        for seconds in AZURE_WAITS[: fault.times]:
            wait(wrong.retry_after or seconds)
        if fault.times > len(AZURE_WAITS):
            raise WrongAnswerError(wrong.text)
        return request()

    @staticmethod
    def _lost(times: int, request: Callable[[], T], wait: Callable[[int], None]) -> T:
        """A broken connection is tried again, too: ShouldRetry answers true for each error. A second PUT of
        the same body changes nothing, so it is not made here.
        """
        result = request()
        for seconds in AZURE_WAITS[:times]:
            wait(seconds)
        if times > len(AZURE_WAITS):
            raise WrongAnswerError(answers.LOST_BY_AZURE + answers.RESET)
        return result


class ApiServerClient:
    """client-go, as pulumi-kubernetes uses it. The provider's own retries are about missing kinds and
    namespaces (Creation in provider/pkg/await/await.go).
    """

    def send(
        self, fault: CallFault, token: str, name: str, request: Callable[[], T], wait: Callable[[int], None]
    ) -> T:
        if fault.answer in (Answer.LOST, Answer.INTERRUPTED):
            request()
            raise WrongAnswerError(answers.LOST_BY_KUBERNETES + answers.RESET)
        wrong = answers.of_kubernetes(fault.answer, token, name, fault.retry_after)
        if not wrong.retried or fault.times > KUBERNETES_RETRIES:
            raise WrongAnswerError(wrong.text)
        wait(wrong.retry_after * fault.times)
        return request()
