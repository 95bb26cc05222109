"""Conditions and events of SecretStores and ExternalSecrets, and refusals of the operator's webhook."""

from tests.operations.failures.shown import Shown, event, printed

SHOWN: tuple[Shown, ...] = (
    event("secretsyncederror", "SecretSyncedError", "could not get secret data from provider"),
    event(
        "secret-does-not-exist",
        "UpdateFailed",
        "error processing spec.data[0] (key: payment-api-key), err: Secret does not exist",
    ),
    event("store-not-ready", "InvalidProviderConfig", "unable to create client"),
    event("store-not-ready", "UpdateFailed", 'SecretStore "orders" is not ready', store="orders"),
    event(
        "aadsts700213",
        "InvalidProviderConfig",
        "http "
        "call(https://login.microsoftonline.com/5d9c1f4e-0000-4000-8000-000000000001/oauth2/v2.0/token)(PO"
        "ST) error: reply status code was 401:\n"
        '{"error":"invalid_client","error_description":"AADSTS700213: No matching federated identity record '
        "found for presented assertion subject 'system:serviceaccount:shop:orders'. Check your federated "
        'identity credential Subject, Audience and Issuer against the presented assertion."}',
        subject="system:serviceaccount:shop:orders",
    ),
    # These three as the real operator has sent them (tests/rehearsal/real_cluster/test_external_secrets.py)
    event(
        "tenant-not-found",
        "InvalidProviderConfig",
        "unable to resolve an endpoint: http call(https://login.microsoftonline.com/"
        "5d9c1f4e-0000-4000-8000-000000000001/v2.0/.well-known/openid-configuration?)(GET) error: reply "
        'status code was 400:\n{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant '
        "'5d9c1f4e-0000-4000-8000-000000000001' not found. Check to make sure you have the correct tenant ID "
        'and are signing into the correct cloud."}',
    ),
    event(
        "store-not-ready",
        "UpdateFailed",
        'error processing spec.data[0] (key: secret/db-password), err: SecretStore "orders" is not ready',
        store="orders",
    ),
    event(
        "secretdisabled",
        "UpdateFailed",
        "error processing spec.data[0] (key: db-password), err: keyvault.BaseClient#GetSecret: Failure "
        "responding to request: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. "
        'Status=403 Code="Forbidden" Message="Operation get is not allowed on a disabled secret." '
        'InnerError={"code":"SecretDisabled"}',
    ),
    event(
        "store-not-found",
        "UpdateFailed",
        'error processing spec.data[0] (key: a), err: could not get SecretStore "orders", '
        'SecretStore.external-secrets.io "orders" not found',
        store="orders",
    ),
    event(
        "multiple-tenantid",
        "InvalidProviderConfig",
        "multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef",
    ),
    event(
        "missing-clientid",
        "InvalidProviderConfig",
        "missing clientID: either serviceAccountRef or service account annotation "
        "'azure.workload.identity/client-id' is missing",
    ),
    event(
        "operator-may-not-request-tokens",
        "InvalidProviderConfig",
        'serviceaccounts "orders" is forbidden: User '
        '"system:serviceaccount:external-secrets:external-secrets" cannot create resource '
        '"serviceaccounts/token" in API group "" in the namespace "shop"',
        service_account="orders",
    ),
    printed(
        "external-secrets-webhook-not-ready",
        'Internal error occurred: failed calling webhook "validate.secretstore.external-secrets.io": failed '
        "to call webhook: Post "
        '"https://external-secrets-webhook.external-secrets.svc:443/validate-external-secrets-io-v1-secret'
        'store?timeout=5s": no endpoints available for service "external-secrets-webhook"',
    ),
    printed(
        "external-secrets-webhook-not-ready",
        'Internal error occurred: failed calling webhook "validate.clustersecretstore.external-secrets.io": '
        "failed to call webhook: Post "
        '"https://external-secrets-webhook.external-secrets.svc:443/validate-external-secrets-io-v1-cluste'
        'rsecretstore?timeout=5s": tls: failed to verify certificate: x509: certificate signed by unknown '
        "authority",
    ),
    event("external-secrets-webhook-not-ready", "UpdateFailed", "ca cert not yet ready"),
    printed(
        "external-secrets-v1beta1",
        'no matches for kind "ExternalSecret" in version "external-secrets.io/v1beta1"',
    ),
    event("secret-of-another-owner", "UpdateFailed", "secret is owned by another ExternalSecret: payments"),
    event(
        "secret-data-wrong",
        "UpdateFailed",
        "could not apply template: unable to execute template at key url: template: url:1:3: executing "
        '"url" at <.password>: map has no entry for key "password"',
    ),
    printed(
        "external-secrets-finalizer",
        "timed out waiting for the condition\nfinalizers might be preventing deletion "
        "(externalsecrets.external-secrets.io/externalsecret-cleanup)",
    ),
    event(
        "store-credentials-missing",
        "InvalidProviderConfig",
        'cannot get Kubernetes secret "orders-sp" from namespace "shop": secrets "orders-sp" not found',
        secret_object="orders-sp",
    ),
    event(
        "secretsyncederror",
        "UpdateFailed",
        "unable to delete secret orders-external: creationPolicy=Orphan is not Owner",
    ),
)
