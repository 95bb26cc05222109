"""External Secrets: a store or an ExternalSecret is not ready, and the Secret is old or missing."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

_AZURE = (
    "https://github.com/external-secrets/external-secrets/blob/main/providers/v1/azure/keyvault/keyvault.go"
)

FAILURES: Final = (
    Failure(
        id="secretsyncederror",
        title="SecretSyncedError",
        symptom=(
            Sign(reason="SecretSyncedError"),
            Sign(reason="UpdateFailed"),
            Sign(text=r"SecretSyncedError"),
            Sign(text=r"error processing spec\.data(?:From)?\[\d{1,4}\]"),
            Sign(text=r"could not get secret data from provider|error getting all secrets"),
            Sign(text=r"could not (?:update|delete) secret|unable to (?:update|mutate|delete) secret"),
            Sign(text=r"keyvault\.BaseClient#\w{1,40}: Failure"),
        ),
        example="error processing spec.data[0] (key: orders-db-password), err: …",
        cause="The operator did not read a secret of the ExternalSecret, so its Secret is missing or keeps "
        "the old values. The reason stands at the end of the event.",
        proof="`kubectl describe externalsecret --namespace {namespace}` shows the event UpdateFailed with "
        "the reason.",
        next_step="mend the reason; the operator tries again by itself, at once after `kubectl annotate "
        "externalsecret --all --namespace {namespace} force-sync=$(date +%s) --overwrite`",
        source="https://external-secrets.io/latest/guides/controller-class/",
        wraps=2,
    ),
    Failure(
        id="secret-does-not-exist",
        title="Secret does not exist",
        symptom=(Sign(text=r"\bSecret does not exist\b"),),
        example="error processing spec.data[0] (key: payment-api-key), err: Secret does not exist",
        cause="The vault has no secret of this name: it was never set (`from: existing`), or it is deleted.",
        proof="`az keyvault secret list-deleted --vault-name {vault} --query '[].name'` shows whether it "
        "can be recovered.",
        next_step="set it with `az keyvault secret set --vault-name {vault} --name {secret} --file <file>`, "
        "or bring it back with `python -m operations restore --stack {stack}`",
        source=_AZURE,
    ),
    Failure(
        id="store-not-ready",
        title="Store not ready",
        symptom=(
            Sign(reason="InvalidProviderConfig"),
            Sign(text=r"\bInvalidProviderConfig\b"),
            Sign(text=r"unable to create client"),
            Sign(text=r"\b(?:Cluster)?SecretStore \"?(?P<store>[a-z0-9][a-z0-9.-]{0,62})\"? is not ready"),
            Sign(text=r"the desired SecretStore (?P<store>[a-z0-9][a-z0-9.-]{0,62}) is not ready"),
        ),
        example='SecretStore "orders" is not ready',
        cause="The operator gets no token, or does not reach the vault, with the SecretStore as it is. The "
        "reason stands in the event of the store.",
        proof="`kubectl describe secretstore --namespace {namespace}` shows the event InvalidProviderConfig.",
        next_step="mend what the event of the store shows; `python -m operations verify --stack {stack}` "
        "checks each link from the token to the secret",
        source="https://github.com/external-secrets/external-secrets/issues/2783",
        wraps=1,
    ),
    Failure(
        id="store-not-found",
        title="Store not found",
        symptom=(
            Sign(text=rf"could not get (?:Cluster)?SecretStore \"(?P<store>{DNS})\""),
            Sign(text=r"can not reference unmanaged store"),
            Sign(
                text=rf"using cluster store \"(?P<store>{DNS})\" is not allowed from namespace "
                rf"\"(?P<namespace>{DNS})\""
            ),
        ),
        example='could not get SecretStore "orders", SecretStore.external-secrets.io "orders" not found',
        cause="The ExternalSecret names a store that its namespace does not have, or that does not admit it.",
        proof="`kubectl get secretstore,clustersecretstore --all-namespaces` lists the stores.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes a store that was deleted",
        source="https://external-secrets.io/latest/api/secretstore/",
    ),
    Failure(
        id="multiple-tenantid",
        title="Multiple tenantID",
        symptom=(
            Sign(text=r"multiple (?:tenantID|clientID) found"),
            Sign(text=r"missing tenantID in store config"),
        ),
        example="multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and "
        "serviceAccountRef",
        cause="The operator wants the tenant from one place: from the SecretStore, or from the annotation "
        "azure.workload.identity/tenant-id of the ServiceAccount. Here both have it, or neither.",
        proof="`kubectl get serviceaccount {service_account} --namespace {namespace} -o "
        "jsonpath='{.metadata.annotations}'` and `kubectl get secretstore --namespace {namespace} -o yaml` "
        "show both.",
        next_step="take the annotation off an `existing_service_account`, or the tenant out of a store made "
        "by hand; then type `pulumi up --refresh --stack {stack}`",
        source=_AZURE,
    ),
    Failure(
        id="missing-clientid",
        title="Missing clientID",
        symptom=(
            Sign(text=r"missing clientID: either serviceAccountRef"),
            Sign(text=r"missing service account annotation"),
            Sign(text=r"missing environment variables\. AZURE_CLIENT_ID"),
            Sign(text=r"no client ID specified\. Check pod configuration"),
            Sign(text=r"no token file specified\. Check pod configuration"),
            Sign(text=r"no tenant ID specified\. Check pod configuration"),
        ),
        example="missing clientID: either serviceAccountRef or service account annotation "
        "'azure.workload.identity/client-id' is missing",
        cause="Nothing says which identity to become: the ServiceAccount lacks the annotation "
        "azure.workload.identity/client-id, or the pod was made before the webhook of workload identity ran.",
        proof="`kubectl get serviceaccount --namespace {namespace} -o "
        "custom-columns=NAME:.metadata.name,ANNOTATIONS:.metadata.annotations` shows the annotations; "
        "`kubectl get pod -o yaml` the variables AZURE_*.",
        next_step="type `pulumi up --refresh --stack {stack}`, which writes the annotation, then restart "
        "the pods that were made before: `kubectl rollout restart deployment/{workload} --namespace "
        "{namespace}`",
        source="https://github.com/Azure/azure-workload-identity/issues/540",
    ),
    Failure(
        id="operator-may-not-request-tokens",
        title="Operator may not request tokens",
        symptom=(
            Sign(
                text=rf"serviceaccounts \"(?P<service_account>{DNS})\" is forbidden: User "
                rf"\"system:serviceaccount:{DNS}:{DNS}\" cannot create resource \"serviceaccounts/token\""
            ),
            Sign(text=r"cannot create resource \"serviceaccounts/token\""),
        ),
        example='serviceaccounts "orders" is forbidden: User '
        '"system:serviceaccount:external-secrets:external-secrets" cannot create resource '
        '"serviceaccounts/token" in API group "" in the namespace "shop"',
        cause="External Secrets Operator may not request tokens of the ServiceAccount {service_account}: "
        "the Role that lets it is missing, or its own ServiceAccount has another name than the settings say.",
        proof="`kubectl auth can-i create serviceaccounts/{service_account} --subresource=token --namespace "
        "{namespace} --as system:serviceaccount:external-secrets:external-secrets` answers no.",
        next_step="type `pulumi up --refresh --stack {stack}`; with `install: existing` set "
        "`operators.external_secrets.namespace` to that of the operator",
        source="https://external-secrets.io/latest/provider/azure-key-vault/#workload-identity",
    ),
    Failure(
        id="external-secrets-webhook-not-ready",
        title="External Secrets webhook not ready",
        symptom=(
            Sign(text=r"failed calling webhook \"?validate\.[a-z]{3,40}\.external-secrets\.io"),
            Sign(text=r"\bca cert not yet ready\b"),
        ),
        example="Internal error occurred: failed calling webhook "
        '"validate.secretstore.external-secrets.io": failed to call webhook: Post '
        '"https://external-secrets-webhook.external-secrets.svc:443/validate-…": no endpoints available for '
        'service "external-secrets-webhook"',
        cause="The webhook of the operator is not there yet, or its certificate is not in the API server "
        "yet (x509). It is so for a minute after an installation, and while the operator is upgraded.",
        proof="`kubectl get pods,endpoints --namespace external-secrets` shows the webhook and the "
        "cert-controller ready.",
        next_step="wait a minute, then type `pulumi up --stack {stack}` again; if it stays so: `kubectl "
        "rollout restart deployment --namespace external-secrets`",
        source="https://github.com/external-secrets/external-secrets/issues/2217",
    ),
    Failure(
        id="external-secrets-v1beta1",
        title="External Secrets v1beta1",
        symptom=(
            Sign(
                text=r"no matches for kind \"(?P<kind>\w{3,60})\" in version \"external-secrets\.io/v1beta1\""
            ),
            Sign(
                text=r"external-secrets\.io/v1beta1[^\n]{0,200}(?:not served|could not find the requested "
                r"resource)"
            ),
        ),
        example='no matches for kind "ExternalSecret" in version "external-secrets.io/v1beta1"',
        cause="External Secrets Operator serves external-secrets.io/v1 only since 0.17, and a manifest of "
        "another tool has v1beta1. The stack writes v1.",
        proof="`kubectl get crd externalsecrets.external-secrets.io -o jsonpath='{.spec.versions[*].name}'` "
        "lists the versions.",
        next_step="write external-secrets.io/v1 in the manifest of the other tool; its fields are the same",
        source="https://github.com/external-secrets/external-secrets/issues/4662",
    ),
    Failure(
        id="secret-of-another-owner",
        title="Secret of another owner",
        symptom=(
            Sign(text=r"secret is owned by another ExternalSecret"),
            Sign(text=r"is already owned by another \w{3,40} controller"),
            Sign(text=r"target is owned by another ExternalSecret"),
        ),
        example="secret is owned by another ExternalSecret: payments",
        cause="Two ExternalSecrets write the same Secret; the operator lets the first one have it.",
        proof="`kubectl get secret --namespace {namespace} -o "
        "custom-columns=NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name` shows the owner.",
        next_step="give one of them another `kubernetes_secret.name`, then type `pulumi up --stack {stack}`",
        source="https://external-secrets.io/latest/guides/ownership-deletion-policy/",
    ),
    Failure(
        id="secret-data-wrong",
        title="Secret data wrong",
        symptom=(
            Sign(text=r"could not apply template|could not execute template|unable to execute template"),
            Sign(text=r"error fetching templateFrom data"),
            Sign(text=r"invalid secret keys \(TIP: use rewrite or conversionStrategy"),
            Sign(text=r"error applying rewrite to keys"),
            Sign(text=r"cannot get use dataFrom to get \w{3,20} secret|unknown Azure Keyvault object Type"),
            Sign(text=r"target is immutable|secret is immutable"),
            Sign(text=r"Secret \"[a-z0-9.-]{1,63}\" is invalid"),
            Sign(text=r"\btag \S{1,100} does not exist\b|property \S{1,100} does not exist in key"),
        ),
        example="could not apply template: unable to execute template at key url: …",
        cause="The operator has the value and cannot make the Secret of it: a template, a key or the type "
        "does not fit the value, or the Secret is immutable.",
        proof="`kubectl describe externalsecret --namespace {namespace}` shows the event with the key.",
        next_step="mend `compose`, `kubernetes_secret` or `find` of the workload, then type `pulumi up "
        "--stack {stack}`",
        source="https://external-secrets.io/latest/guides/templating/",
    ),
    Failure(
        id="external-secrets-finalizer",
        title="External Secrets finalizer",
        symptom=(Sign(text=r"externalsecrets\.external-secrets\.io/externalsecret-cleanup"),),
        example="finalizers might be preventing deletion "
        "(externalsecrets.external-secrets.io/externalsecret-cleanup)",
        cause="An ExternalSecret waits for its operator, which has to take its finalizer away, and the "
        "operator is gone.",
        proof="`kubectl get externalsecret --all-namespaces -o "
        "custom-columns=NAME:.metadata.name,FINALIZERS:.metadata.finalizers` shows it.",
        next_step="install the operator again and delete then; or type `kubectl patch externalsecret <name> "
        '--namespace {namespace} --type merge --patch \'{"metadata":{"finalizers":[]}}\'`',
        source="https://github.com/external-secrets/external-secrets/issues/4840",
    ),
    Failure(
        id="store-credentials-missing",
        title="Store credentials missing",
        symptom=(
            Sign(text=r"missing (?:accessKeyID/secretAccessKey in store|secretRef in provider) config"),
            Sign(text=r"both clientSecret and clientCredentials set"),
            Sign(text=r"cannot find secret data for key:"),
            Sign(
                text=rf"cannot get Kubernetes secret \"(?P<secret_object>{DNS})\" from namespace "
                rf"\"(?P<namespace>{DNS})\""
            ),
        ),
        example='cannot get Kubernetes secret "orders-sp" from namespace "shop": secrets "orders-sp" not '
        "found",
        cause="The store reads as a service principal, and the Kubernetes Secret with its id and secret is "
        "missing or has other keys.",
        proof="`kubectl describe secret {secret_object} --namespace {namespace}` shows its keys, without "
        "values.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes the Secret of "
        "`service_principal` anew",
        source="https://external-secrets.io/latest/provider/azure-key-vault/",
    ),
)
