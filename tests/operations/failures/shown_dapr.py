"""Answers of Dapr's secrets API, and the last lines of sidecars that end."""

from tests.operations.failures.shown import Shown, answer, printed

SHOWN: tuple[Shown, ...] = (
    answer(
        "err_secret_store_not_found",
        401,
        {"errorCode": "ERR_SECRET_STORE_NOT_FOUND", "message": "failed finding secret store with key orders"},
        "operator",
        store="orders",
    ),
    answer(
        "err_secret_store_not_found",
        500,
        {"errorCode": "ERR_SECRET_STORES_NOT_CONFIGURED", "message": "secret store is not configured"},
        "operator",
    ),
    answer(
        "err_permission_denied",
        403,
        {
            "errorCode": "ERR_PERMISSION_DENIED",
            "message": 'access denied by policy to get "payment-api-key" from "orders"',
        },
        "operator",
        secret="payment-api-key",
        store="orders",
    ),
    answer(
        "err_secret_get",
        500,
        {
            "errorCode": "ERR_SECRET_GET",
            "message": "failed getting secret with key orders-db-password from secret store orders: context "
            "canceled",
        },
        "operator",
        secret="orders-db-password",
        store="orders",
    ),
    # A real daprd 1.18.3 (tests/simulators/kubernetes/operators/dapr/test_real_sidecar.py)
    answer(
        "aadsts700213",
        500,
        {
            "errorCode": "ERR_SECRET_GET",
            "message": "failed getting secret with key orders-db-password from secret store orders: "
            "ChainedTokenCredential authentication failed. failed to acquire a token.\nAttempted "
            "credentials:\n"
            "\tWorkloadIdentityCredential authentication failed. FromAssertion(): http call("
            "https://login.microsoftonline.com/7e4a47e4-0000-4000-8000-00000000000a/oauth2/v2.0/token)(POST) "
            'error: reply status code was 401:\n{"error": "invalid_client", "error_description": '
            '"AADSTS700213: No matching federated identity record found for presented assertion subject '
            "'system:serviceaccount:shop:orders'. Check your federated identity credential Subject, Audience "
            'and Issuer against the presented assertion."}',
        },
        "operator",
    ),
    answer(
        "forbiddenbyrbac",
        500,
        {
            "errorCode": "ERR_SECRET_GET",
            "message": "failed getting secret with key orders-db-password from secret store orders: GET "
            "https://kv-shop.vault.azure.net/secrets/orders-db-password/\n"
            "----------\nRESPONSE 403: 403 Forbidden\nERROR CODE: Forbidden\n----------\n"
            '{\n  "error": {\n    "code": "Forbidden",\n    "message": "Caller is not authorized to perform '
            "action on resource.\\r\\nDecisionReason: 'DeniedWithNoValidRBAC'\\r\\nVault: "
            'kv-shop;location=westeurope\\r\\n",\n    "innererror": {\n      "code": "ForbiddenByRbac"\n'
            "    }\n  }\n}\n",
        },
        "operator",
    ),
    answer(
        "secretnotfound",
        500,
        {
            "errorCode": "ERR_SECRET_GET",
            "message": "failed getting secret with key payment-api-key from secret store orders: GET "
            "https://kv-shop.vault.azure.net/secrets/payment-api-key\nRESPONSE 404: 404 Not Found\nERROR "
            'CODE: SecretNotFound\n{"error":{"code":"SecretNotFound","message":"A secret with (name/id) '
            'payment-api-key was not found in this key vault."}}',
        },
        "operator",
        secret="payment-api-key",
        vault="kv-shop",
    ),
    printed(
        "dapr-component-init-failed",
        "Fatal error from runtime: process component orders error: [INIT_COMPONENT_FAILURE]: initialization "
        "error occurred for orders (secretstores.azure.keyvault/v1): [INIT_COMPONENT_FAILURE]: "
        "initialization error occurred for orders (secretstores.azure.keyvault/v1): no suitable token "
        "provider for Azure AD; errors: AzureCLICredential: context canceled",
        "operator",
        store="orders",
    ),
    printed(
        "dapr-component-wrong",
        "Fatal error from runtime: process component orders error: [CREATE_COMPONENT_FAILURE]: couldn't "
        "find secret store secretstores.azure.vault/v1",
        "operator",
    ),
    printed(
        "dapr-configuration-wrong",
        "Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = error "
        'getting configuration shop/orders: Configuration.dapr.io "orders" not found',
        "operator",
        configuration="orders",
    ),
    printed(
        "dapr-sidecar-not-there",
        'Get "http://127.0.0.1:3500/v1.0/secrets/orders/orders-db-password": dial tcp 127.0.0.1:3500: '
        "connect: connection refused",
        "operator",
    ),
    printed(
        "dapr-sidecar-refused",
        'admission webhook "sidecar-injector.dapr.io" denied the request: value for the dapr.io/app-id '
        "annotation is empty",
        "kubernetes",
    ),
    printed(
        "dapr-installed-twice",
        "rendered manifests contain a resource that already exists. Unable to continue with install: "
        'ServiceAccount "dapr-operator" in namespace "dapr-system" exists and cannot be imported into the '
        "current release: invalid ownership metadata; annotation validation error: key "
        '"meta.helm.sh/release-name" must equal "dapr": current value is "other"',
    ),
)
