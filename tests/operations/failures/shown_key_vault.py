"""Answers of Key Vault's data plane, and what resolvers and SDKs say about a vault that is not reached."""

from tests.operations.failures.shown import Shown, azure_error, event, printed

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
)
