"""Answers of Entra's token endpoint, and messages of the SDKs around them."""

from tests.operations.failures.shown import Shown, entra_error, event, printed

ISSUER = "https://westeurope.oic.prod-aks.azure.com/5d9c1f4e-0000-4000-8000-000000000001/a1b2c3d4-0000-400"
"0-8000-000000000002/"
SUBJECT = "system:serviceaccount:shop:orders"
CHECK = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)
NO_MATCH = "No matching federated identity record found for presented assertion"
CLIENT = "7a9b4f2d-0000-4000-8000-00000000000c"
TENANT = "5d9c1f4e-0000-4000-8000-000000000001"

SHOWN: tuple[Shown, ...] = (
    entra_error(
        "aadsts70021",
        70021,
        f"{NO_MATCH}. Assertion Issuer: '{ISSUER}'. Assertion Subject: '{SUBJECT}'. Assertion Audience: "
        "'api://AzureADTokenExchange'. https://docs.microsoft.com/en-us/azure/active-directory/develop/"
        "workload-identity-federation",
        400,
        subject=SUBJECT,
    ),
    entra_error("aadsts700211", 700211, f"{NO_MATCH} issuer '{ISSUER}'. {CHECK}", issuer=ISSUER),
    entra_error(
        "aadsts700212", 700212, f"{NO_MATCH} audience 'https://kubernetes.default.svc.cluster.local'. {CHECK}"
    ),
    entra_error("aadsts700213", 700213, f"{NO_MATCH} subject '{SUBJECT}'. {CHECK}", subject=SUBJECT),
    # As the CSI driver shows it on the pod: the cause is Entra's, not the mount.
    event(
        "aadsts700213",
        "FailedMount",
        'MountVolume.SetUp failed for volume "secrets" : rpc error: code = Unknown desc = failed to mount '
        "secrets "
        "store objects for pod shop/orders-7d4b9c-abcde, err: rpc error: code = Unknown desc = failed to "
        "mount "
        "objects, error: failed to get objectType:secret, objectName:orders-db-password, objectVersion:: "
        f"ClientAssertionCredential authentication failed. AADSTS700213: {NO_MATCH} subject '{SUBJECT}'. "
        f"{CHECK}",
        subject=SUBJECT,
        secret="orders-db-password",
    ),
    entra_error(
        "aadsts7002138",
        7002138,
        f"{NO_MATCH} subject 'repo:shop/infra:environment:Prod'. The subject matches with case-insensitive "
        f"comparison, but not with case-sensitive comparison. {CHECK}",
    ),
    entra_error(
        "aadsts700016",
        700016,
        f"Application with identifier '{CLIENT}' was not found in the directory '{TENANT}'. This can happen "
        "if the application has not been installed by the administrator of the tenant or consented to by "
        "any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        400,
        client_id=CLIENT,
        tenant=TENANT,
    ),
    entra_error(
        "aadsts50013",
        50013,
        "Assertion failed signature validation. [Reason - The key was not found., Thumbprint of key used by "
        "client: '', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see "
        "configured keys for app Id '00000000-0000-0000-0000-000000000000'.]",
        400,
    ),
    entra_error(
        "aadsts50013",
        7000272,
        "The certificate with identifier 9a2f used to sign the federated credential could not be found in the"
        " metadata of identity provider https://westeurope.oic.prod-aks.azure.com/a/b/.",
    ),
    entra_error("aadsts700222", 700222, "AAD-issued tokens may not be used for federated identity flows."),
    entra_error(
        "aadsts700024",
        700024,
        "Client assertion is not within its valid time range. Current time: 2023-08-01T11:08:01.5274809Z, "
        "assertion valid from 2023-08-01T09:28:26.0000000Z, expiry time of assertion "
        "2023-08-01T10:28:26.0000000Z. Review the documentation at "
        "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials.",
    ),
    entra_error(
        "client-secret-wrong",
        7000215,
        f"Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
        f"value, not the client secret ID, for a secret added to app '{CLIENT}'.",
    ),
    entra_error(
        "client-secret-wrong",
        7000222,
        f"The provided client secret keys for app '{CLIENT}' are expired. Visit the Azure portal to create "
        f"new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials "
        f"for added security.",
    ),
    entra_error("issuer-not-reachable", 90061, "Request to External OIDC endpoint failed.", 400),
    entra_error("issuer-not-reachable", 50166, "Request to External OIDC endpoint failed.", 400),
    entra_error("issuer-not-reachable", 900612, "Failed to parse provider signing keys.", 400),
    entra_error(
        "tenant-not-found",
        90002,
        f"Tenant '{TENANT}' not found. Check to make sure you have the correct tenant ID and are signing "
        f"into the correct cloud.",
        400,
        tenant=TENANT,
    ),
    entra_error(
        "sign-in-expired",
        700082,
        "The refresh token has expired due to inactivity. The token was issued on "
        "2026-04-20T14:30:28.0990908Z and was inactive for 90.00:00:00.",
        400,
    ),
    entra_error(
        "sign-in-expired",
        50173,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
        400,
    ),
    entra_error(
        "sign-in-expired",
        50076,
        "Due to a configuration change made by your administrator, or because you moved to a new location, "
        "you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
        400,
    ),
    printed("sign-in-expired", "AzureCLICredential: ERROR: Please run 'az login' to setup account.\n", "az"),
    printed(
        "sign-in-expired",
        "ERROR: AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by "
        "conditional access.\nInteractive authentication is needed. Please run:\naz login\n",
        "az",
    ),
    # kubelogin in the mode devicecode (pulumi-azure-native#2579)
    printed(
        "sign-in-expired",
        "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the "
        "code ABCD1234 to authenticate.",
        "kubernetes",
    ),
    printed(
        "no-credential",
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted "
        "credentials:\n\tEnvironmentCredential: EnvironmentCredential authentication unavailable. "
        "Environment variables are not fully configured.\n\tManagedIdentityCredential: "
        "ManagedIdentityCredential authentication unavailable, no response from the IMDS "
        "endpoint.\n\tAzureCliCredential: Azure CLI not found on path",
        "az",
    ),
    # The last way that was tried has the cause.
    printed(
        "sign-in-expired",
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted "
        "credentials:\n\tAzureCliCredential: Please run 'az login' to set up an account",
        "az",
    ),
    entra_error(
        "aadsts70021",
        70025,
        "The client '7a9b4f2d-0000-4000-8000-00000000000c'(id-shop) has no "
        "configured federated identity credentials.",
    ),
    entra_error(
        "conditional-access",
        53003,
        "Access has been blocked by Conditional Access policies. The "
        "access policy does not allow token issuance.",
        400,
    ),
    printed("pipeline-has-no-token", "Error: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable"),
)
