"""Dapr: a sidecar does not start, or its secrets API does not answer with a value."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

_API = "https://docs.dapr.io/reference/api/secrets_api/"

FAILURES: Final = (
    Failure(
        id="err_secret_store_not_found",
        title="ERR_SECRET_STORE_NOT_FOUND",
        symptom=(
            Sign(
                code="ERR_SECRET_STORE_NOT_FOUND",
                text=rf"failed finding secret store with key (?P<store>{DNS})",
            ),
            Sign(code="ERR_SECRET_STORE_NOT_FOUND"),
            Sign(code="ERR_SECRET_STORES_NOT_CONFIGURED"),
            Sign(text=rf"failed finding secret store with key (?P<store>{DNS})"),
            Sign(text=r"secret store is not configured"),
        ),
        example='{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key '
        'orders"}',
        cause="The sidecar has no secret store {store}: the name in the request is another one, the "
        "Component does not list this app id in its scopes, or the sidecar started before the Component was "
        "there and does not reload.",
        proof="`kubectl get component --namespace {namespace} -o "
        "custom-columns=NAME:.metadata.name,TYPE:.spec.type,SCOPES:.scopes` lists the stores and their "
        "apps; the store of a workload is in the output `access`.",
        next_step="use the name of the output, or restart the pods: `kubectl rollout restart "
        "deployment/{workload} --namespace {namespace}`",
        source=_API,
    ),
    Failure(
        id="err_permission_denied",
        title="ERR_PERMISSION_DENIED",
        symptom=(
            Sign(
                code="ERR_PERMISSION_DENIED",
                text=r"access denied by policy to get \"(?P<secret>[0-9A-Za-z.-]{1,127})\" from "
                r"\"(?P<store>[a-z0-9.-]{1,63})\"",
            ),
            Sign(code="ERR_PERMISSION_DENIED"),
            Sign(text=r"access denied by policy to get \"(?P<secret>[0-9A-Za-z.-]{1,127})\" from"),
        ),
        example='{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get '
        '\\"payment-api-key\\" from \\"orders\\""}',
        cause="The Configuration of the application does not list {secret} among its allowedSecrets: the "
        "workload does not list it, or the sidecar has an older Configuration.",
        proof="`kubectl get configuration --namespace {namespace} -o yaml` shows `secrets.scopes`.",
        next_step="list the secret for the workload and type `pulumi up --stack {stack}`; a sidecar reads "
        "its Configuration at its start: `kubectl rollout restart deployment/{workload} --namespace "
        "{namespace}`",
        source="https://docs.dapr.io/operations/configuration/secret-scope/",
    ),
    Failure(
        id="err_secret_get",
        title="ERR_SECRET_GET",
        symptom=(
            Sign(code="ERR_SECRET_GET"),
            Sign(
                text=r"failed getting secrets? (?:with key (?P<secret>[0-9A-Za-z.-]{1,127}) )?from secret "
                r"store (?P<store>[a-z0-9.-]{1,63})"
            ),
        ),
        example='{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key orders-db-password '
        'from secret store orders: …"}',
        cause="The sidecar asked the vault, and did not get the secret. The vault's answer stands at the "
        "end of the message.",
        proof="`kubectl logs deployment/{workload} --container daprd --namespace {namespace}` has the same "
        "answer.",
        next_step="read the end of the message; `python -m operations verify --stack {stack}` checks each "
        "link from the token to the secret",
        source=_API,
        wraps=1,
    ),
    Failure(
        id="dapr-component-init-failed",
        title="Dapr component init failed",
        symptom=(
            Sign(
                text=r"\[INIT_COMPONENT_FAILURE\]: initialization error occurred for "
                r"(?P<store>[a-z0-9.-]{1,63})"
            ),
            Sign(text=r"\b(?:INIT|CREATE)_COMPONENT_FAILURE\b"),
            Sign(text=r"no suitable token provider for Azure AD"),
        ),
        example="Fatal error from runtime: process component orders error: [INIT_COMPONENT_FAILURE]: "
        "initialization error occurred for orders (secretstores.azure.keyvault/v1): …",
        cause="The sidecar ends, because a component does not start; with it the pod restarts again and "
        "again. The reason stands at the end of the message.",
        proof="`kubectl logs deployment/{workload} --container daprd --namespace {namespace} --previous` "
        "has the whole line.",
        next_step="mend the reason; a missing token means that the pod lacks the label "
        "azure.workload.identity/use: type `pulumi up --refresh --stack {stack}`",
        source="https://github.com/dapr/dapr/issues/7682",
        wraps=1,
    ),
    Failure(
        id="dapr-component-wrong",
        title="Dapr component wrong",
        symptom=(
            Sign(text=r"couldn't find secret store (?P<store>\S{1,100})"),
            Sign(text=r"invalid Azure (?:cloud|auth method): "),
            Sign(text=r"all Azure auth methods have been disabled"),
            Sign(text=r"process component \S{1,63} error: incorrect type|component \S{1,63} already exists"),
        ),
        example="Fatal error from runtime: process component orders error: [CREATE_COMPONENT_FAILURE]: "
        "couldn't find secret store secretstores.azure.vault/v1",
        cause="A Component that the sidecar loads has a type, a version or a property that Dapr does not "
        "know. A sidecar loads every Component of its namespace without scopes.",
        proof="`kubectl get component --namespace {namespace} -o yaml` shows all of them.",
        next_step="mend the Component, or give it `scopes`, then restart the pods: `kubectl rollout restart "
        "deployment/{workload} --namespace {namespace}`",
        source="https://docs.dapr.io/reference/components-reference/supported-secret-stores/azure-keyvault/",
    ),
    Failure(
        id="dapr-configuration-wrong",
        title="Dapr configuration wrong",
        symptom=(
            Sign(text=r"error loading configuration: "),
            Sign(text=rf"Configuration\.dapr\.io \"(?P<configuration>{DNS})\" not found"),
            Sign(text=r"invalid value for --log-level"),
            Sign(text=r"failed to load components: rpc error"),
        ),
        example="Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = "
        'error getting configuration shop/orders: Configuration.dapr.io "orders" not found',
        cause="The sidecar ends, because what it reads at its start is missing or wrong: its Configuration, "
        "or a Kubernetes Secret that a Component names.",
        proof="`kubectl get configuration,component --namespace {namespace}` lists what is there; the "
        "annotations dapr.io/* of the pod name what the sidecar reads.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes what was deleted; the pods start "
        "again by themselves",
        source="https://docs.dapr.io/operations/configuration/configuration-overview/",
    ),
    Failure(
        id="dapr-sidecar-not-there",
        title="Dapr sidecar not there",
        symptom=(
            Sign(text=r"dial tcp (?:127\.0\.0\.1|\[::1\]|localhost):3500: connect: connection refused"),
            Sign(text=r"connect ECONNREFUSED (?:127\.0\.0\.1|::1):3500"),
        ),
        example="dial tcp 127.0.0.1:3500: connect: connection refused",
        cause="No sidecar answers in the pod: it was not injected (the operator was not there yet, or the "
        "pod lacks dapr.io/enabled), it has ended, or the application asks before it is ready.",
        proof="`kubectl get pods --namespace {namespace} -o "
        "custom-columns=NAME:.metadata.name,CONTAINERS:.spec.containers[*].name` shows pods without daprd; "
        "`kubectl logs --container daprd` why it has ended.",
        next_step="restart the pods once the operator runs: `kubectl rollout restart deployment/{workload} "
        "--namespace {namespace}`; in the application wait for /v1.0/healthz/outbound",
        source="https://docs.dapr.io/operations/troubleshooting/common_issues/",
    ),
    Failure(
        id="dapr-sidecar-refused",
        title="Dapr sidecar refused",
        symptom=(
            Sign(text=r"sidecar-injector\.dapr\.io\\?\" denied the request"),
            Sign(text=r"value for the dapr\.io/app-id annotation is empty|invalid app id \(input:"),
        ),
        example='admission webhook "sidecar-injector.dapr.io" denied the request: value for the '
        "dapr.io/app-id annotation is empty",
        cause="The injector refuses the pod for an annotation: the app id is empty, too long, or no name of "
        "a Service.",
        proof="`kubectl get deployment {workload} --namespace {namespace} -o "
        "jsonpath='{.spec.template.metadata.annotations}'` shows the annotations.",
        next_step="set `dapr.app_id` of the workload to a DNS name of at most 58 characters, then type "
        "`pulumi up --stack {stack}`",
        source="https://docs.dapr.io/reference/arguments-annotations-overview/",
    ),
    Failure(
        id="dapr-installed-twice",
        title="Dapr installed twice",
        symptom=(
            Sign(
                text=r"\"dapr-[a-z]{3,20}\"[^\n]{0,120} exists and cannot be imported into the current "
                r"release"
            ),
            Sign(text=r"The extension type '\S{1,60}' is installed on this cluster already"),
        ),
        example='ServiceAccount "dapr-operator" in namespace "dapr-system" exists and cannot be imported '
        "into the current release: invalid ownership metadata",
        cause="Dapr is in the cluster already, by Helm or by the extension; it can be there once only.",
        proof="`helm list --all-namespaces --filter dapr` and `az k8s-extension list --cluster-name "
        "{cluster} --resource-group {resource_group} --cluster-type managedClusters` show which.",
        next_step="set `operators.dapr.install: existing` to use the one that is there, or uninstall it; "
        "then type `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/aks/dapr-migration",
    ),
)
