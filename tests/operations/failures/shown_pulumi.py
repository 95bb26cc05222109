"""Output of Pulumi and Helm. The first ones are what Pulumi 3.256 printed."""

from tests.operations.failures.shown import Shown, printed

SHOWN: tuple[Shown, ...] = (
    # pkg/backend/cancellation_scope.go and pkg/engine/lifecycletest/testdata/output/TestCanceledRefresh
    printed("update-canceled", "error: update canceled"),
    printed(
        "update-canceled",
        "SIGTERM received; cancelling. If you would like to terminate immediately, send SIGTERM again.\nNote "
        "that terminating immediately may lead to orphaned resources and other inconsistencies.",
    ),
    printed(
        "state-locked",
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or "
        "delete the lock file with `pulumi cancel`.\n  "
        "file:///state/.pulumi/locks/organization/aks-secrets/dev/11111111-1111-1111-1111-111111111111.jso"
        "n: created by root@runner (pid 42) at 2026-11-30T10:00:00Z",
    ),
    printed(
        "passphrase-wrong",
        "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
    ),
    printed(
        "passphrase-missing",
        "error: getting stack configuration: get stack secrets manager: passphrase must be set with "
        "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    ),
    printed(
        "key-of-the-state-not-reached",
        "error: could not create secrets manager for new stack: secrets (code=Unknown): Post "
        '"https://kv-pulumi.vault.azure.net/keys/pulumi/encrypt?api-version=2025-07-01": proxyconnect tcp: '
        "dial tcp 127.0.0.1:9: connect: connection refused",
        vault="kv-pulumi",
    ),
    printed(
        "key-of-the-state-not-reached",
        "error: open keeper azurekeyvault://kv-pulumi.vault.azure.net/keys/pulumi: failed to Dial default "
        "KeyVault: context canceled",
        vault="kv-pulumi",
    ),
    printed(
        "state-backend-refuses",
        'error: could not list bucket: blob (key ".pulumi/") (code=PermissionDenied): GET '
        "https://stx.blob.core.windows.net/state\n"
        "--------------------------------------------------------------------------------\nRESPONSE 403: "
        "403 This request is not authorized to perform this operation using this permission.\nERROR CODE: "
        "AuthorizationPermissionMismatch",
    ),
    printed(
        "not-logged-in-to-the-backend",
        "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    ),
    printed("no-such-stack", "error: no stack named 'prd' found", stack="prd"),
    printed(
        "pending-operations",
        "warning: Attempting to deploy or update resources with 1 pending operations from previous "
        "deployment.\n  * urn:pulumi:dev::aks-secrets::azure-native:containerservice:ManagedCluster::aks, "
        "interrupted while creating\nThese resources are in an unknown state because the Pulumi CLI was "
        "interrupted while waiting for changes to these resources to complete.",
    ),
    printed(
        "exists-outside-the-state",
        "error: cannot create already existing resource "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.K"
        "eyVault/vaults/kv-shop'",
        vault="kv-shop",
    ),
    printed("state-file-cut-off", "error: failed to load checkpoint: EOF"),
    printed(
        "protected",
        "error: unable to delete resource "
        '"urn:pulumi:prod::aks-secrets::azure-native:keyvault:Vault::vault" as it is currently marked for '
        "protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi "
        "program and run `pulumi up`, or use the command:\n`pulumi state unprotect "
        "'urn:pulumi:prod::aks-secrets::azure-native:keyvault:Vault::vault'`",
    ),
    printed("helm-operation-in-progress", "another operation (install/upgrade/rollback) is in progress"),
    printed("helm-operation-in-progress", "cannot re-use a name that is still in use"),
    printed(
        "helm-operation-in-progress",
        'update: "external-secrets" has no deployed releases',
        release="external-secrets",
    ),
    printed(
        "annotations-too-long",
        'CustomResourceDefinition.apiextensions.k8s.io "secretstores.external-secrets.io" is invalid: '
        "metadata.annotations: Too long: must have at most 262144 bytes",
    ),
    printed("await-timed-out", "timed out waiting for the condition"),
    printed(
        "plugin-missing",
        "error: no resource plugin 'pulumi-resource-azure-native' found in the "
        "workspace at version v3.29.0 or on your $PATH, install the plugin using `pulumi plugin install "
        "resource azure-native v3.29.0`",
        plugin="pulumi-resource-azure-native",
    ),
    printed(
        "chart-requires-another-kubernetes",
        "chart requires kubeVersion: >= 1.27.0-0 which is incompatible with Kubernetes v1.20.0",
    ),
)
