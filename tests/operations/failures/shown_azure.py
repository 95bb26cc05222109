"""Answers of Azure Resource Manager."""

from tests.operations.failures.shown import Shown, answer, azure_error, printed

SHOWN: tuple[Shown, ...] = (
    azure_error(
        "missingsubscriptionregistration",
        409,
        "MissingSubscriptionRegistration",
        "The subscription is not registered to use namespace 'Microsoft.KubernetesConfiguration'. See "
        "https://aka.ms/rps-not-found for how to register subscriptions.",
        namespace="Microsoft.KubernetesConfiguration",
    ),
    azure_error(
        "authorizationfailed",
        403,
        "AuthorizationFailed",
        "The client '8b0c5e3e-0000-4000-8000-00000000000d' with object id "
        "'8b0c5e3e-0000-4000-8000-00000000000d' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.",
        object_id="8b0c5e3e-0000-4000-8000-00000000000d",
        action="Microsoft.Authorization/roleAssignments/write",
    ),
    azure_error(
        "roleassignmentlimitexceeded",
        400,
        "RoleAssignmentLimitExceeded",
        "The maximum number of role assignments has been reached. No more role assignments can be created.",
    ),
    azure_error(
        "principalnotfound",
        400,
        "PrincipalNotFound",
        "Principal 8b0c5e3e000040008000000000000000 does not exist in the directory "
        "5d9c1f4e-0000-4000-8000-000000000001. Check that you have the correct principal ID. If you are "
        "creating this principal and then immediately assigning a role, this error might be related to a "
        "replication delay. In this case, set the role assignment principalType property to a value, such "
        "as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    ),
    azure_error(
        "principalnotfound",
        400,
        "UnmatchedPrincipalType",
        "The PrincipalId '8b0c5e3e000040008000000000000000' has type 'Group' , which is different from "
        "specified PrinciaplType 'User'.",
    ),
    azure_error(
        "roleassignmentexists",
        409,
        "RoleAssignmentExists",
        "The role assignment already exists. The ID of the existing role assignment is "
        "8b0c5e3e000040008000000000000001.",
    ),
    azure_error(
        "roleassignmentupdatenotpermitted",
        400,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
    azure_error(
        "vaultalreadyexists",
        409,
        "VaultAlreadyExists",
        "The vault name 'kv-shop' is already in use. Vault names are globally unique so it is possible that "
        "the name is already taken. If you are sure that the vault name was not taken then it is possible "
        "that a vault with the same name was recently deleted but not purged after being placed in a "
        "recoverable state. If the vault is in a recoverable state then the vault will need to be purged "
        "before reusing the name. For more information about VaultAlreadyExists, soft delete and purging a "
        "vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.",
        vault="kv-shop",
    ),
    azure_error(
        "vault-name-in-deleted-state",
        409,
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge "
        "existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more "
        "information on soft delete.",
    ),
    printed(
        "vault-name-in-deleted-state",
        'error: Code="ConflictError" Message="A vault with the same name already exists in deleted state. '
        "You need to either recover or purge existing key vault. Follow this link "
        'https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete."',
    ),
    azure_error(
        "vault-is-purge-protected",
        403,
        "Forbidden",
        "Operation 'DeletedVaultPurge' is not allowed on a vault with purge protection enabled.",
    ),
    azure_error(
        "softdeletedvaultdoesnotexist",
        404,
        "SoftDeletedVaultDoesNotExist",
        "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that "
        "is being attempted to recover is in a recoverable state. For more information on soft delete "
        "follow this link https://go.microsoft.com/fwlink/?linkid=2149745.",
    ),
    azure_error(
        "softdeletedvaultdoesnotexist",
        404,
        "DeletedVaultNotFound",
        "The specified deleted vault 'kv-shop' does not exist.",
    ),
    azure_error(
        "purge-protection-cannot-be-turned-off",
        400,
        "BadRequest",
        'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a '
        "vault is an irreversible action.",
    ),
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
)
