"""Answers of Entra's token endpoint, and messages of the SDKs around them."""

from tests.operations.failures.shown import Shown, entra_error, event

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
)
