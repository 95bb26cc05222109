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
    Failure(
        id="csi-object-not-read",
        title="CSI object not read",
        symptom=(
            Sign(
                text=r"failed to get objectType: ?(?P<kind>\w{1,20}), objectName: "
                r"?(?P<secret>[0-9A-Za-z-]{1,127})"
            ),
            Sign(text=r"failed to mount secrets store objects for pod"),
            Sign(text=r"failed to mount objects, error:"),
        ),
        example="failed to mount objects, error: failed to get objectType:secret, "
        "objectName:orders-db-password, objectVersion:: …",
        cause="The Azure provider did not get an object of the SecretProviderClass from the vault. The "
        "reason stands at the end of the message.",
        proof="`kubectl get events --namespace {namespace} --field-selector reason=FailedMount` has the "
        "whole message.",
        next_step="read the end of the message; `python -m operations verify --stack {stack}` checks each "
        "link from the token to the secret",
        source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/troubleshooting/",
        wraps=1,
    ),
    Failure(
        id="secretproviderclass-wrong",
        title="SecretProviderClass wrong",
        symptom=(
            Sign(
                text=r"(?:keyvaultName|tenantId) is not provided|objects is not set|objects array is not set"
            ),
            Sign(text=r"only one identity mode can be enabled at a time"),
            Sign(text=r"cloudName \S{1,60} is not valid"),
            Sign(text=r"failed to get vault: Invalid vault name"),
            Sign(text=r"unmarshal failed for keyVaultObjects at index"),
            Sign(text=r"failed to yaml unmarshal objects"),
            Sign(
                text=r"invalid object(?:Format|Encoding): |Invalid vaultObjectTypes|object(?:Encoding)? "
                r"only supported for objectType|format only supported for objectType"
            ),
            Sign(text=r"file name must (?:not be empty|be a relative path|not contain)"),
            Sign(text=r"failed to parse \w{3,40} flag, error: strconv\.ParseBool"),
            Sign(text=r"desc = (?:provider|parameters) not set in |secretProviderClass is not set"),
            Sign(text=r"failed to build auth config for mode|Readonly is not true in request"),
        ),
        example="failed to mount objects, error: keyvaultName is not provided",
        cause="The SecretProviderClass, or the volume that names it, has a value that the driver or the "
        "Azure provider does not take. The classes of the stack are checked before; one by hand or with "
        "`overrides` is not.",
        proof="`kubectl get secretproviderclass --namespace {namespace} -o yaml` shows it.",
        next_step="take the value out of `overrides`, or mend the object that another tool deploys, then "
        "type `pulumi up --refresh --stack {stack}`",
        source="https://github.com/Azure/secrets-store-csi-driver-provider-azure/blob/master/pkg/provider/"
        "provider.go",
    ),
    Failure(
        id="node-has-no-identity",
        title="Node has no identity",
        symptom=(
            Sign(text=r"Multiple user assigned identities exist, please specify the clientId"),
            Sign(text=r"the requested identity isn't assigned to this resource"),
            Sign(text=r"\bIdentity not found\b"),
            Sign(text=r"nmi response failed with status code"),
        ),
        example="ManagedIdentityCredential authentication failed. the requested identity isn't assigned to "
        "this resource: Identity not found",
        cause="The workload reads as an identity of the node, and the node has not this one, or has "
        "several. The program uses these older ways only if `access` names one.",
        proof="`az vmss identity show --name <scale set> --resource-group <node resource group>` lists the "
        "identities of the nodes.",
        next_step="leave out `access`, so that the pod reads as its own ServiceAccount, then type `pulumi "
        "up --stack {stack}`",
        source="https://github.com/Azure/secrets-store-csi-driver-provider-azure/issues/598",
    ),
    Failure(
        id="secret-not-synced",
        title="Secret not synced",
        symptom=(
            Sign(reason="FailedToCreateSecret"),
            Sign(text=r"FailedToCreateSecret: |failed to get cert data from file|secretObjects\.data"),
            Sign(text=r"file matching objectName (?P<secret>\S{1,127}) not found in the pod"),
            Sign(
                text=rf"failed to (?:get data|validate secret object) in spc "
                rf"(?P<namespace>{DNS})/(?P<class_name>{DNS})"
            ),
        ),
        example="failed to get data in spc shop/orders-vault for secret orders-vault, err: file matching "
        "objectName orders-db-password not found in the pod",
        cause="The volume is mounted, and the driver cannot write the Kubernetes Secret of the class: an "
        "object of `secretObjects` is not among the mounted files, or its value does not fit the type of "
        "the Secret.",
        proof="`kubectl describe pod --namespace {namespace}` shows the events FailedToCreateSecret; "
        "`kubectl get secretproviderclass {class_name} --namespace {namespace} -o yaml` shows both lists.",
        next_step="list the object in the workload's `secrets`, or mend the type of its "
        "`kubernetes_secret`, then type `pulumi up --stack {stack}`",
        source="https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/main/controllers/secretpr"
        "oviderclasspodstatus_controller.go",
    ),
    Failure(
        id="csi-credentials-missing",
        title="CSI credentials missing",
        symptom=(
            Sign(text=rf"fetching NodePublishSecretRef (?P<namespace>{DNS})/(?P<secret_object>{DNS}) failed"),
            Sign(text=r"nodePublishSecretRef secret is not set"),
            Sign(text=r"could not find client(?:id|secret) in secrets"),
        ),
        example="fetching NodePublishSecretRef shop/orders-sp failed: kubernetes.io/csi: failed to find the "
        "secret orders-sp in the namespace shop",
        cause="The workload reads as a service principal, and the Kubernetes Secret with its id and secret "
        "is missing or has other keys.",
        proof="`kubectl describe secret {secret_object} --namespace {namespace}` shows the keys, without "
        "values: clientid and clientsecret.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes the Secret of "
        "`service_principal` anew",
        source="https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/csi/csi_mounter.go",
    ),
)
