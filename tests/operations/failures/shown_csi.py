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
)
