"""Wrong answers, as Azure Resource Manager and the API server of Kubernetes send them.

Azure's stand in the form in which azure-native prints an error: `Status=429 Code="…" Message="…"`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rehearsal.simulators.faults.document import Answer

LONG_RUNNING: Final = (
    *("containerservice:ManagedCluster", "containerservice:AgentPool", "keyvault:Vault"),
    *("network:VirtualNetwork", "network:Subnet", "network:NatGateway", "network:PublicIPAddress"),
    *("network:RouteTable", "network:PrivateEndpoint", "network:VirtualNetworkPeering"),
    *("privatedns:PrivateZone", "privatedns:VirtualNetworkLink", "operationalinsights:Workspace"),
    *("kubernetesconfiguration:Extension", "eventgrid:SystemTopic"),
)
"""Types whose PUT is `x-ms-long-running-operation` in azure-rest-api-specs: azure-native asks for its end."""


@dataclass(frozen=True)
class WrongAnswer:
    """An answer and whether the client tries again."""

    text: str
    retried: bool
    retry_after: int = 0
    """Seconds of the header Retry-After. 0: there is none."""


def of_azure(answer: Answer, token: str, retry_after: int | None) -> WrongAnswer:
    """Azure's answer. azure-native tries again after 408, 429, 500, 502, 503 and 504, and after some codes of
    a 409 (retryableStatusCodes and shouldRetryConflict in provider/pkg/azure/client_azcore.go;
    pulumi-azure-native#3653, #4421).
    """
    after = 15 if retry_after is None and answer is Answer.THROTTLED else (retry_after or 0)
    if answer is Answer.CONFLICT:
        code, message, retried = _conflict(token)
        return WrongAnswer(f'Status=409 Code="{code}" Message="{message}"', retried, after)
    namespace = token.split(":")[1]
    status, code, message = {
        # https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
        Answer.THROTTLED: (
            429,
            "SubscriptionRequestsThrottled",
            "Number of requests for subscription '…' and operation '…' exceeded the backend storage limit. "
            f"Please try again after '{after}' seconds.",
        ),
        # https://github.com/Azure/azure-sdk-for-net/issues/17436
        Answer.SERVER_ERROR: (
            500,
            "InternalServerError",
            "Encountered internal server error. Diagnostic information: timestamp '20261130T101112Z', "
            "subscription id '…', tracking id '…', request correlation id '…'.",
        ),
        # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
        Answer.UNAVAILABLE: (
            503,
            "ServerTimeout",
            "The request timed out. Diagnostic information: timestamp '20261130T101112Z', subscription id "
            "'…', tracking id '…', request correlation id '…'.",
        ),
        # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
        Answer.TIMED_OUT: (
            504,
            "GatewayTimeout",
            f"The gateway did not receive a response from 'Microsoft.{namespace.capitalize()}' within the "
            "specified time period.",
        ),
    }[answer]
    return WrongAnswer(f'Status={status} Code="{code}" Message="{message}"', True, after)


def _conflict(token: str) -> tuple[str, str, bool]:
    namespace = token.split(":")[1]
    if namespace == "containerservice":
        # https://github.com/Azure/AKS/issues/3283
        return (
            "OperationNotAllowed",
            "Operation is not allowed: Another operation (Updating) is in progress, please wait for it to "
            "finish before starting a new operation. See https://aka.ms/aks-pending-operation for more "
            "details",
            False,
        )
    if namespace == "keyvault":
        # pulumi-azure-native#1013
        return (
            "ConflictError",
            "A conflict occurred that prevented the operation from completing. The operation failed because "
            "the Key Vault changed from the point the operation began. This can happen if parallel "
            "operations are being performed on the Key Vault. To prevent this error, serialize the "
            "operations so that only one operation is performed on the Key Vault at a time.",
            False,
        )
    if namespace == "managedidentity":
        return (
            "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
            "Too many Federated Identity Credentials are written concurrently for the managed identity '…'. "
            "Concurrent Federated Identity Credentials writes under the same managed identity are not "
            "supported.",
            True,
        )
    # pulumi-azure-native#903
    return (
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation "
        "use uri: https://management.azure.com/subscriptions/….",
        True,
    )


LOST_BY_AZURE: Final = 'Put "https://management.azure.com/…": read tcp 10.0.0.4:52114->…:443: '
LOST_BY_KUBERNETES: Final = 'Post "https://….azmk8s.io:443/…": read tcp 10.0.0.4:52116->…:443: '
RESET: Final = "read: connection reset by peer"


def interrupted(token: str) -> str:
    """The error of the question for the end of a long-running write, when all its tries have failed."""
    return of_azure(Answer.UNAVAILABLE, token, None).text


def of_kubernetes(answer: Answer, token: str, name: str, retry_after: int | None) -> WrongAnswer:
    """The API server's answer. client-go tries again if there is a header Retry-After, which a 429 has.

    Texts: NewGenericServerResponse and NewConflict in
    https://github.com/kubernetes/apimachinery/blob/master/pkg/api/errors/errors.go, storage/etcd3 of
    k8s.io/apiserver; retries: rest/with_retry.go of k8s.io/client-go.
    """
    kind = token.rsplit(":", 1)[1]
    after = 1 if retry_after is None and answer is Answer.THROTTLED else (retry_after or 0)
    text = {
        Answer.CONFLICT: f'Operation cannot be fulfilled on {kind.lower()}s "{name}": the object has been '
        "modified; please apply your changes to the latest version and try again",
        Answer.THROTTLED: "the server has received too many requests and has asked us to try again later "
        f"(post {kind.lower()}s)",
        Answer.SERVER_ERROR: "etcdserver: request timed out",
        Answer.UNAVAILABLE: f"the server is currently unable to handle the request (post {kind.lower()}s)",
        Answer.TIMED_OUT: "Timeout: request did not complete within requested timeout - context deadline "
        "exceeded",
    }[answer]
    return WrongAnswer(text, after > 0 and answer is not Answer.CONFLICT, after)
