"""Answers of Key Vault's data plane, and what resolvers and SDKs say about a vault that is not reached."""

from tests.operations.failures.shown import Shown, answer, azure_error, event, printed

CLIENT = "7a9b4f2d-0000-4000-8000-00000000000c"
OBJECT = "8b0c5e3e-0000-4000-8000-00000000000d"
CALLER = f"appid={CLIENT};oid={OBJECT};iss=https://sts.windows.net/5d9c1f4e-0000-4000-8000-000000000001/"
SECRET = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop/providers/microsoft.keyvault/"
    "vaults/kv-shop/secrets/orders-db-password"
)

SHOWN: tuple[Shown, ...] = (
    azure_error(
        "forbiddenbyrbac",
        403,
        "Forbidden",
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments "
        "or role definitions were changed recently, please observe propagation time.\r\n"
        f"Caller: {CALLER}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"
        f"Resource: '{SECRET}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: "
        "'DeniedWithNoValidRBAC' \r\nVault: kv-shop;location=westeurope\r\n",
        "ForbiddenByRbac",
        vault="kv-shop",
        secret="orders-db-password",
        client_id=CLIENT,
        object_id=OBJECT,
    ),
    azure_error(
        "forbiddenbyfirewall",
        403,
        "Forbidden",
        "Client address is not authorized and caller is not a trusted service.\r\nClient address: "
        "203.0.113.7\r\n"
        f"Caller: {CALLER}\r\nVault: kv-shop;location=westeurope",
        "ForbiddenByFirewall",
        vault="kv-shop",
    ),
    azure_error(
        "forbiddenbyconnection",
        403,
        "Forbidden",
        "Public network access is disabled and request is not from a trusted service nor via an approved "
        f"private link.\r\nCaller: {CALLER}\r\nVault: kv-shop;location=westeurope",
        "ForbiddenByConnection",
        vault="kv-shop",
    ),
    azure_error(
        "forbiddenbypolicy",
        403,
        "Forbidden",
        f"The user, group or application '{CALLER}' does not have secrets get permission on key vault "
        "'kv-shop;location=westeurope'. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125287",
        "AccessDenied",
        vault="kv-shop",
        object_id=OBJECT,
    ),
    azure_error(
        "forbiddenbypolicy",
        403,
        "Forbidden",
        f"The policy requires the caller '{CALLER}' to use on-behalf-of (OBO) flow. For more information on "
        "OBO, please see https://go.microsoft.com/fwlink/?linkid=2152310",
        "ForbiddenByPolicy",
    ),
    azure_error(
        "secretnotfound",
        404,
        "SecretNotFound",
        "A secret with (name/id) payment-api-key was not found in this key vault. If you recently deleted "
        "this secret you may be able to recover it using the correct recovery command. For help resolving "
        "this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
        secret="payment-api-key",
    ),
    azure_error(
        "secretdisabled",
        403,
        "Forbidden",
        "Operation get is not allowed on a disabled secret.",
        "SecretDisabled",
    ),
    event(
        "vault-not-found",
        "InvalidProviderConfig",
        'Get "https://kv-shop.vault.azure.net/secrets/orders-db-password/?api-version=7.4": dial tcp: lookup '
        "kv-shop.vault.azure.net: no such host",
        vault="kv-shop",
        secret="orders-db-password",
    ),
    printed(
        "vault-not-found",
        "<urllib3.connection.HTTPSConnection object at 0x7f0000000000>: Failed to resolve "
        "'kv-shop.vault.azure.net' ([Errno -2] Name or service not known)",
        "key vault",
        vault="kv-shop",
    ),
    azure_error(
        "key-or-certificate-not-found",
        404,
        "KeyNotFound",
        "A key with (name/id) etcd was not found in this key vault. If you recently deleted this key you "
        "may be able to recover it using the correct recovery command. For help resolving this issue, "
        "please see https://go.microsoft.com/fwlink/?linkid=2125182",
        secret="etcd",
    ),
    azure_error(
        "key-or-certificate-not-found",
        404,
        "CertificateNotFound",
        "A certificate with (name/id) tls was not found in this key vault.",
        secret="tls",
    ),
    azure_error(
        "secret-deleted-but-recoverable",
        409,
        "Conflict",
        "Secret orders-db-password is currently in a deleted but recoverable state, and its name cannot be "
        "reused; in this state, the secret can only be recovered or purged.",
        "ObjectIsDeletedButRecoverable",
        secret="orders-db-password",
    ),
    azure_error(
        "vault-of-another-tenant",
        401,
        "Unauthorized",
        "AKV10032: Invalid issuer. Expected one of "
        "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/, found "
        "https://sts.windows.net/5d9c1f4e-0000-4000-8000-000000000001/.",
    ),
    azure_error(
        "vault-throttled",
        429,
        "Throttled",
        "Request was not processed because too many requests were received. Reason: "
        "VaultRequestTypeLimitReached",
    ),
    answer("vault-throttled", 429, "", "key vault"),
    # As azure-core shows it, and as the Go SDK in a pod's event
    printed(
        "secretdisabled",
        "(Forbidden) Operation get is not allowed on a disabled secret.\nCode: Forbidden\nMessage: "
        'Operation get is not allowed on a disabled secret.\nInner error: {\n    "code": "SecretDisabled"\n}',
        "key vault",
    ),
    event(
        "forbiddenbyrbac",
        "FailedMount",
        'MountVolume.SetUp failed for volume "secrets" : rpc error: code = Unknown desc = failed to mount '
        "secrets store objects for pod shop/orders-7d4b9c-abcde, err: rpc error: code = Unknown desc = "
        "failed to mount objects, error: failed to get objectType:secret, objectName:orders-db-password, "
        "objectVersion:: GET https://kv-shop.vault.azure.net/secrets/orders-db-password/\n"
        "--------------------------------------------------------------------------------\nRESPONSE 403: "
        "403 Forbidden\nERROR CODE: Forbidden\n"
        '--------------------------------------------------------------------------------\n{\n  "error": '
        '{\n    "code": "Forbidden",\n    "message": "Caller is not authorized to perform action on '
        "resource.\\r\\nCaller: "
        "appid=7a9b4f2d-0000-4000-8000-00000000000c;oid=8b0c5e3e-0000-4000-8000-00000000000d;iss=https://s"
        "ts.windows.net/5d9c1f4e-0000-4000-8000-000000000001/\\r\\nVault: "
        'kv-shop;location=westeurope\\r\\n",\n    "innererror": {\n      "code": "ForbiddenByRbac"\n    '
        "}\n  }\n}",
        vault="kv-shop",
        secret="orders-db-password",
        client_id=CLIENT,
    ),
)
