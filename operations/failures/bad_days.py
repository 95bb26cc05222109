"""Bad days: Azure or the API server has an error of its own, is overloaded, or its answer is lost."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

FAILURES: Final = (
    Failure(
        id="azure-has-an-error",
        title="Azure has an error",
        symptom=(
            Sign(code="InternalServerError"),
            Sign(code="ServerTimeout"),
            Sign(code="ServiceUnavailable", part="arm"),
            Sign(status=500, part="arm"),
            Sign(status=503, part="arm"),
        ),
        example='Code="InternalServerError" Message="Encountered internal server error. Diagnostic '
        "information: timestamp '20261130T101112Z', subscription id '…', tracking id '…', request "
        "correlation id '…'.\"",
        cause="Azure failed on its own side. azure-native has tried the request four times, over three "
        "minutes.",
        proof="Service Health in the portal, and https://azure.status.microsoft, show what fails where.",
        next_step="type `pulumi up --stack {stack}`, which goes on where it stopped; after some minutes, if "
        "it stops at the same message",
        source="https://github.com/pulumi/pulumi-azure-native/pull/3653",
    ),
    Failure(
        id="answer-lost",
        title="Answer lost",
        symptom=(
            Sign(text=r"read: connection reset by peer"),
            Sign(text=r"write: broken pipe"),
            Sign(text=r"(?:Put|Post|Patch|Delete) \"https://[^\n]{1,300}unexpected EOF"),
            Sign(code="GatewayTimeout"),
        ),
        example='Put "https://management.azure.com/…": read tcp 10.0.0.4:52114->…:443: read: connection '
        "reset by peer",
        cause="The connection broke, or the gateway waited too long, behind a request: whether it was "
        "carried out is not known.",
        proof="`az resource list --resource-group {resource_group} --output table`, or `kubectl get`, shows "
        "what was made.",
        next_step="type `python -m operations resume --stack {stack}`, which takes what was made into the "
        "state, then `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-"
        "errors",
    ),
    Failure(
        id="another-operation-on-the-resource",
        title="Another operation on the resource",
        symptom=(
            Sign(code="AnotherOperationInProgress"),
            Sign(code="ConflictingConcurrentWriteNotAllowed"),
            Sign(text=r"changed from the point the operation began"),
        ),
        example='Code="AnotherOperationInProgress" Message="Another operation on this or dependent '
        "resource is in progress. To retrieve status of the operation use uri: "
        'https://management.azure.com/subscriptions/…."',
        cause="Azure changes the resource, or one that it belongs to, for another request: of a person, of "
        "another tool, or of an update that was cut off here.",
        proof="`az monitor activity-log list --resource-group {resource_group} --offset 1h --query "
        "'[].[caller,operationName.value,status.value]' --output table` shows whose.",
        next_step="type `pulumi up --stack {stack}` when that operation has ended",
        source="https://github.com/pulumi/pulumi-azure-native/issues/903",
    ),
    Failure(
        id="api-server-overloaded",
        title="API server overloaded",
        symptom=(
            Sign(text=r"etcdserver: (?:request timed out|leader changed|too many requests)"),
            Sign(text=r"the server is currently unable to handle the request"),
            Sign(text=r"has asked us to try again later"),
            Sign(text=r"request did not complete within (?:requested timeout|allowed duration)"),
            Sign(text=r"the object has been modified; please apply your changes to the latest version"),
        ),
        example="the server has received too many requests and has asked us to try again later (post "
        "namespaces)",
        cause="The API server or its etcd was too busy, restarted, or another client wrote the same object "
        "at the same time.",
        proof="`kubectl get --raw '/readyz?verbose'` lists what is not ready; `az aks show --name {cluster} "
        "--resource-group {resource_group} --query provisioningState` shows an upgrade.",
        next_step="type `pulumi up --stack {stack}`; with PULUMI_PARALLEL=4 it sends fewer requests at once",
        source="https://github.com/banzaicloud/pipeline/issues/1611",
    ),
)
