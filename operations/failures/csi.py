"""CSI driver: a pod waits in ContainerCreating, and its events show FailedMount."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

_DRIVER = "https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/main/pkg/secrets-store"

FAILURES: Final = (
    Failure(
        id="csi-driver-not-registered",
        title="CSI driver not registered",
        symptom=(
            Sign(
                text=r"driver name secrets-store\.csi\.k8s\.io not found in the list of registered CSI "
                r"drivers"
            ),
        ),
        example='MountVolume.SetUp failed for volume "secrets-store-inline" : kubernetes.io/csi: '
        "mounter.SetUpAt failed to get CSI client: driver name secrets-store.csi.k8s.io not found in the "
        "list of registered CSI drivers",
        cause="The node of the pod has no Secrets Store CSI driver: it is not installed, its pod does not "
        "run there (a taint, another operating system), or the node is so new that the driver has not "
        "registered itself yet.",
        proof="`kubectl get csinode -o custom-columns=NODE:.metadata.name,DRIVERS:.spec.drivers[*].name` "
        "shows the nodes that have it; `kubectl get daemonset --all-namespaces | grep -i secrets-store` "
        "shows where it is to run.",
        next_step="wait a minute if the node is new, since the kubelet tries again by itself; else set "
        "`operators.csi_driver` in the stack file and type `pulumi up --stack {stack}`",
        source="https://github.com/Azure/secrets-store-csi-driver-provider-azure/issues/937",
    ),
    Failure(
        id="csi-provider-not-found",
        title="CSI provider not found",
        symptom=(
            Sign(text=r'error connecting to provider \\?"(?P<provider>[\w.-]{1,60})\\?"'),
            Sign(text=r'provider not found: provider \\?"(?P<provider>[\w.-]{1,60})\\?"'),
        ),
        example="failed to mount secrets store objects for pod shop/orders, err: error connecting to "
        'provider "azure": provider not found: provider "azure"',
        cause="The driver runs on the node of the pod, and the Azure provider does not: its socket is "
        "missing.",
        proof="`kubectl get pods --all-namespaces -o wide | grep csi-secrets-store-provider-azure` shows the "
        "nodes that have the provider.",
        next_step="install the provider beside the driver (`operators.csi_driver` in the stack file installs "
        "both) and type `pulumi up --stack {stack}`; restart it with `kubectl rollout restart daemonset "
        "csi-secrets-store-provider-azure --namespace kube-system` if it runs",
        source=f"{_DRIVER}/nodeserver.go",
    ),
    Failure(
        id="secretproviderclass-not-found",
        title="SecretProviderClass not found",
        symptom=(
            Sign(
                text=rf"failed to get secretproviderclass (?P<namespace>{DNS})/(?P<class_name>{DNS}), error:"
            ),
        ),
        example="rpc error: code = Unknown desc = failed to get secretproviderclass shop/orders-vault, "
        'error: SecretProviderClass.secrets-store.csi.x-k8s.io "orders-vault" not found',
        cause="The pod mounts a SecretProviderClass that its namespace {namespace} does not have: "
        "{class_name}.",
        proof="`kubectl get secretproviderclass --namespace {namespace}` lists what is there.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes a class that was deleted; in a "
        "pod of another tool, mend the name (`python -m operations handover`)",
        source=f"{_DRIVER}/utils.go",
    ),
)
