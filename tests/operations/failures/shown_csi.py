"""Events of pods whose volume the Secrets Store CSI driver does not mount."""

from tests.operations.failures.shown import Shown, event

_SETUP = 'MountVolume.SetUp failed for volume "secrets" : '
_STORE = (
    f"{_SETUP}rpc error: code = Unknown desc = failed to mount secrets store objects for pod "
    "shop/orders-7d4b9c-abcde, err: "
)

SHOWN: tuple[Shown, ...] = (
    event(
        "csi-driver-not-registered",
        "FailedMount",
        f"{_SETUP}kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name "
        "secrets-store.csi.k8s.io not found in the list of registered CSI drivers",
    ),
    event(
        "csi-provider-not-found",
        "FailedMount",
        f'{_STORE}error connecting to provider "azure": provider not found: provider "azure"',
        provider="azure",
    ),
    event(
        "secretproviderclass-not-found",
        "FailedMount",
        f"{_SETUP}rpc error: code = Unknown desc = failed to get secretproviderclass shop/orders-vault, "
        'error: SecretProviderClass.secrets-store.csi.x-k8s.io "orders-vault" not found',
        namespace="shop",
        class_name="orders-vault",
    ),
    event(
        "csi-object-not-read",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: failed to get "
        f"objectType:secret, objectName:orders-db-password, objectVersion:: context canceled",
        secret="orders-db-password",
    ),
    event(
        "secretproviderclass-wrong",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: keyvaultName is not "
        f"provided",
    ),
    event(
        "secretproviderclass-wrong",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: only one identity mode "
        f"can be enabled at a time: usePodIdentity, useVMManagedIdentity, or useAzureTokenProxy",
    ),
    event(
        "secretproviderclass-wrong",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: failed to get "
        f"objectType:secret, objectName:tls, objectVersion:: invalid objectFormat: JKS, should be PEM or PFX",
    ),
    event(
        "secretproviderclass-wrong",
        "FailedMount",
        f"{_SETUP}rpc error: code = Unknown desc = provider not set in shop/orders-vault",
    ),
    event(
        "node-has-no-identity",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: failed to get "
        f"objectType:secret, objectName:a, objectVersion:: ManagedIdentityCredential authentication failed. "
        f"Multiple user assigned identities exist, please specify the clientId / resourceId of the identity "
        f"in the token request",
    ),
    event(
        "node-has-no-identity",
        "FailedMount",
        f"{_STORE}rpc error: code = Unknown desc = failed to mount objects, error: failed to get "
        f"objectType:secret, objectName:a, objectVersion:: ManagedIdentityCredential authentication failed. "
        f"the requested identity isn't assigned to this resource: Identity not found",
    ),
    event(
        "secret-not-synced",
        "FailedToCreateSecret",
        "failed to get data in spc shop/orders-vault for secret orders-vault, err: file matching objectName "
        "orders-db-password not found in the pod",
        secret="orders-db-password",
    ),
    event(
        "csi-credentials-missing",
        "FailedMount",
        f"{_SETUP}fetching NodePublishSecretRef shop/orders-sp failed: kubernetes.io/csi: failed to find "
        f'the secret orders-sp in the namespace shop with error: secrets "orders-sp" not found',
        namespace="shop",
        secret_object="orders-sp",
    ),
)
