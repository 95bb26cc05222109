"""Answers of Azure Resource Manager about clusters, quotas and policies."""

from tests.operations.failures.shown import Shown, answer, azure_error

SHOWN: tuple[Shown, ...] = (
    answer(
        "vcpu-quota",
        400,
        {
            "code": "ErrCode_InsufficientVCPUQuota",
            "details": None,
            "message": "Insufficient vcpu quota requested 8, remaining 4 for family standardDSv5Family for "
            "region westeurope. If you want to increase the quota, please follow this instruction: "
            "https://learn.microsoft.com/en-us/azure/quotas/view-quotas. Surge nodes would also consume "
            "vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade "
            "without surge nodes, details: aka.ms/aks/maxUnavailable.",
            "subcode": "",
        },
        "arm",
        region="westeurope",
        family="standardDSv5Family",
    ),
    answer(
        "vcpu-quota",
        400,
        {
            "code": "ErrCode_InsufficientVCPUQuota",
            "details": None,
            "message": "Insufficient regional vcpu quota left for location westus2. left regional vcpu "
            "quota 4, requested quota 6.",
            "subcode": "",
        },
        "arm",
    ),
    azure_error(
        "vcpu-quota",
        409,
        "OperationNotAllowed",
        "Operation could not be completed as it results in exceeding approved standardDASv5Family Cores "
        "quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: "
        "100, Current Usage: 96, Additional Required: 64, (Minimum) New Limit Required: 160.",
        family="standardDASv5Family",
    ),
    azure_error(
        "vcpu-quota",
        400,
        "QuotaExceeded",
        "Operation results in exceeding quota limits of Core. Maximum allowed: 10, Current in use: 10, "
        "Additional requested: 2.",
    ),
    azure_error(
        "quotaexceeded",
        400,
        "PublicIPCountLimitReached",
        "Cannot create more than 20 public IP addresses for this subscription in this region.",
    ),
    azure_error(
        "skunotavailable",
        409,
        "SkuNotAvailable",
        "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: "
        "Standard_D4s_v5' is currently not available in location 'westeurope'. Please try another size or "
        "deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for "
        "details.",
    ),
    azure_error(
        "skunotavailable",
        400,
        "BadRequest",
        "The VM size of Standard_D4s_v5 is not allowed in your subscription in location 'westeurope'. The "
        "available VM sizes are 'Standard_D2s_v3'.",
        size="Standard_D4s_v5",
        region="westeurope",
    ),
    azure_error(
        "allocation-failed",
        409,
        "ZonalAllocationFailed",
        "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read "
        "more about improving likelihood of allocation success at http://aka.ms/allocation-guidance",
    ),
    azure_error(
        "zone-not-supported",
        400,
        "AvailabilityZoneNotSupported",
        "The zone(s) '3' for resource 'system' is not supported. The supported zones for location 'westus' "
        "are ''",
    ),
    azure_error(
        "kubernetes-version-not-supported",
        400,
        "K8sVersionNotSupported",
        "Managed cluster aks-shop is on version 1.27.9, which is only available for Long-Term Support "
        "(LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS "
        "support plan.",
    ),
    azure_error(
        "kubernetes-version-not-supported",
        400,
        "BadRequest",
        "Provisioning of resource(s) for container service aks-shop in resource group rg-shop failed. "
        "Message: Version 1.26.3 is not supported in this region.",
        version="1.26.3",
    ),
    # https://github.com/pulumi/pulumi-azure-native/pull/3550
    azure_error(
        "kubernetes-version-not-supported",
        400,
        "BadRequest",
        "Managed cluster wn6m4dzn3fjw is on version 1.27.9 which is not supported in this region. Please use "
        "[az aks get-versions] command to get the supported version list in this region.",
        version="1.27.9",
    ),
    # https://github.com/Azure/Microsoft-Defender-for-Cloud/issues/923
    azure_error(
        "kubernetes-version-not-supported",
        400,
        "K8sVersionNotSupported",
        "Preflight validation check for resource(s) for container service asclab-aks in resource group asclab"
        " failed. Message: Managed cluster asclab-aks has invalid version 1.31.3.",
    ),
    # https://github.com/dspace-group/simphera-reference-architecture-azure/issues/29
    azure_error(
        "kubernetes-version-not-supported",
        400,
        "AgentPoolK8sVersionNotSupported",
        "Version 1.20.7 is not supported in this region. Please use [az aks get-versions] command to get the "
        "supported version list in this region.",
        version="1.20.7",
    ),
    # https://github.com/Azure/bicep-registry-modules/issues/4434
    azure_error(
        "zone-not-supported",
        400,
        "AvailabilityZoneNotSupported",
        "Preflight validation check for resource(s) for container service wbinfdaks01 in resource group "
        "cloudappsquad-dev-rg failed. Message: Availability zone is not supported in region northcentralus..",
    ),
    # https://github.com/MicrosoftDocs/azure-docs/issues/105248
    azure_error(
        "arm-throttled",
        429,
        "SubscriptionRequestsThrottled",
        "Number of requests for subscription 'subid' and operation 'POST/SUBSCRIPTIONS/RESOURCEGROUPS/"
        "PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/START' exceeded the backend storage limit. Please try "
        "again after '6' seconds.",
    ),
    # https://github.com/Azure/AKS/issues/3283
    azure_error(
        "another-operation-runs",
        400,
        "UpdateFailed",
        "Update failed for this resource, as there is a conflicting operation in progress. Please try after "
        "sometime.",
    ),
    azure_error(
        "requestdisallowedbypolicy",
        403,
        "RequestDisallowedByPolicy",
        "Resource 'kv-shop' was disallowed by policy. Policy identifiers: "
        '\'[{"policyAssignment":{"name":"Key vaults should have public access off"}}]\'.',
    ),
    azure_error(
        "locked-by-azure",
        409,
        "ScopeLocked",
        "The scope '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop' cannot "
        "perform delete operation because following scope(s) are locked: "
        "'/subscriptions/00000000-0000-0000-0000-000000000001'. Please remove the lock and try again.",
    ),
    azure_error(
        "too-many-credential-writes",
        409,
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        "Too many Federated Identity Credentials are written concurrently for the managed identity "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop/providers/Microsoft.M"
        "anagedIdentity/userAssignedIdentities/id-shop'. Concurrent Federated Identity Credentials writes "
        "under the same managed identity are not supported.",
    ),
    azure_error(
        "too-many-credentials",
        400,
        "FederatedIdentityCredentialsLimitExceeded",
        "Too many Federated Identity Credentials for the managed identity 'id-shop': at most 20 are allowed.",
    ),
    azure_error(
        "arm-throttled",
        429,
        "SubscriptionRequestsThrottled",
        "Number of requests for subscription '00000000-0000-0000-0000-000000000001' and operation 'GET' "
        "exceeded the backend storage limit. Please try again after '15' seconds.",
    ),
    answer("arm-throttled", 429, "", "arm"),
    azure_error(
        "another-operation-runs",
        409,
        "OperationNotAllowed",
        "Operation is not allowed: Another operation (Updating - Wed, 11 Mar 2026 10:11:12 UTC) is in "
        "progress, please wait for it to finish before starting a new operation. See "
        "https://aka.ms/aks-pending-operation for more details",
    ),
    azure_error(
        "kms-key-not-usable",
        400,
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
        "The identity does not have keys encrypt/decrypt permission on key vault "
        '"https://kv-etcd.vault.azure.net".',
        vault="kv-etcd",
    ),
    azure_error(
        "extension-failed",
        400,
        "ExtensionOperationFailed",
        "The extension operation failed with the following error:  Failed to resolve the extension version "
        "from the given values.",
    ),
    azure_error(
        "pool-versions-mixed",
        400,
        "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged",
        "Us"
        "ing managed cluster api, all Agent pools' OrchestratorVersion must be all specified or all "
        "unspecified. If all specified, they must be stay unchanged or the same with control plane.",
    ),
    azure_error(
        "federated-credentials-not-supported",
        405,
        "MethodNotAllowed",
        "The request format was unexpected: Support for federated identity credentials not enabled.",
    ),
    azure_error(
        "another-operation-runs",
        400,
        "UpdateFailed",
        "The extension cannot be updated because there is a conflicting operation in progress.",
    ),
    azure_error(
        "denied-by-a-deny-assignment",
        403,
        "DenyAssignmentAuthorizationFailed",
        "The client 'ada@example.com' with object id '8423af7a-778c-4bad-a756-15acd12a3271' has permission"
        " to perform action 'Microsoft.Storage/storageAccounts/listKeys/action' on scope '/subscriptions/"
        "f91b984c/resourceGroups/databricks-rg/providers/Microsoft.Storage/storageAccounts/dbstorage/listKeys';"
        " however, the access is denied because of the deny assignment with name 'System deny assignment"
        " created by Azure Databricks' and Id 'bb83c1f70be4470981c82dbd01457724' at scope '/subscriptions/"
        "f91b984c/resourceGroups/databricks-rg'.",
    ),
)
