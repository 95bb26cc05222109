"""Answers of Azure Resource Manager and the API server that fail or have too much to do."""

from operations.failures import Symptom
from tests.operations.failures.shown import Shown, answer, azure_error, printed

SHOWN: tuple[Shown, ...] = (
    azure_error(
        "azure-has-an-error",
        500,
        "InternalServerError",
        "Encountered internal server error. Diagnostic information: timestamp '20210213T041159Z', "
        "subscription id '54aea2c5-5855-40ac-a5e7-5f3252640fae', tracking id "
        "'27345547-4861-4376-806e-5f0612a2a003', request correlation id "
        "'27345547-4861-4376-806e-5f0612a2a003'.",
        part="arm",
    ),
    answer("azure-has-an-error", 503, "", "arm"),
    azure_error("azure-has-an-error", 503, "ServerTimeout", "The request timed out.", part="arm"),
    azure_error(
        "answer-lost",
        504,
        "GatewayTimeout",
        "The gateway did not receive a response from 'Microsoft.Network' within the specified time period.",
        part="arm",
    ),
    printed(
        "answer-lost",
        'Put "https://management.azure.com/subscriptions/5b5c?api-version=2024-11-30": read tcp '
        "10.0.0.4:52114->4.150.240.10:443: read: connection reset by peer",
    ),
    printed(
        "answer-lost",
        'Post "https://aks-shop-1a2b.hcp.westeurope.azmk8s.io:443/api/v1/namespaces": read tcp '
        "10.0.0.4:52116->20.4.1.9:443: read: connection reset by peer",
    ),
    azure_error(
        "another-operation-on-the-resource",
        409,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation "
        "use uri: https://management.azure.com/subscriptions/5b5c/operations/1.",
    ),
    azure_error(
        "another-operation-on-the-resource",
        409,
        "ConflictError",
        "A conflict occurred that prevented the operation from completing. The operation failed because the "
        "Key Vault 'kv-shop' changed from the point the operation began. This can happen if parallel "
        "operations are being performed on the Key Vault.",
    ),
    *(
        Shown("api-server-overloaded", Symptom(text=text, part="pulumi"))
        for text in (
            "resource urn:pulumi:… was not successfully created by the Kubernetes API server: etcdserver: "
            "request timed out",
            "the server is currently unable to handle the request (post deployments.apps)",
            "the server has received too many requests and has asked us to try again later (post pods)",
            "Timeout: request did not complete within requested timeout - context deadline exceeded",
            'Operation cannot be fulfilled on deployments.apps "orders": the object has been modified; '
            "please apply your changes to the latest version and try again",
        )
    ),
)
