"""Answers of Azure Resource Manager about roles, vaults and other resources."""

from tests.operations.failures.shown import Shown, azure_error, printed

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
        # https://github.com/Azure/ARO-HCP/pull/6781 has code and message as ARM sends them, and the status:
        # https://help.zscaler.com/dspm/resolving-configuration-issues-microsoft-azure
        "No more role assignments can be created.",
    ),
    printed(
        "roleassignmentlimitexceeded",
        'error: Status=400 Code="RoleAssignmentLimitExceeded" Message="No more role assignments can be '
        'created."',
    ),
    printed(
        "roleassignmentlimitexceeded", "RoleAssignmentLimitExceeded: No more role assignments can be created."
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
    azure_error(
        "resource-not-found",
        404,
        "ResourceGroupNotFound",
        "Resource group 'rg-shared' could not be found.",
        resource_group="rg-shared",
    ),
    azure_error(
        "resource-not-found",
        404,
        "ResourceNotFound",
        "The Resource "
        "'Microsoft.KeyVault/vaults/kv-shared' under resource group 'rg-shared' was not found. For more "
        "details "
        "please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
    azure_error(
        "resource-not-found",
        404,
        "ParentResourceNotFound",
        "Failed to perform 'write' on resource(s) of type "
        "'userAssignedIdentities/federatedIdentityCredentials', because the parent resource "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.M"
        "anagedIdentity/userAssignedIdentities/id-shop' could not be found.",
    ),
    azure_error(
        "linkedauthorizationfailed",
        403,
        "LinkedAuthorizationFailed",
        "The client has permission "
        "to perform action 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write' on scope "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-dns'; however, it does not "
        "have "
        "permission to perform action(s) 'Microsoft.Network/virtualNetworks/join/action' on the linked "
        "scope(s) "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub' (respectively) or the "
        "linked scope(s) are invalid.",
    ),
    azure_error(
        "property-cannot-change",
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.vmSize' is not allowed.",
    ),
    azure_error(
        "property-cannot-change",
        400,
        "BadRequest",
        'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
    ),
    azure_error(
        "subnet-without-service-endpoint",
        400,
        "SubnetsHaveNoServiceEndpointsConfigured",
        "Subnets nodes of virtual network "
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Net"
        "work/virtualNetworks/vnet do not have ServiceEndpoints for Microsoft.KeyVault resources "
        "configured. Add Microsoft.KeyVault to subnet's ServiceEndpoints collection before trying to ACL "
        "Microsoft.KeyVault resources to these subnets.",
    ),
    azure_error(
        "resource-in-use",
        400,
        "InUseRouteTableCannotBeDeleted",
        "Route table rt-egress is in use and cannot be deleted.",
    ),
    azure_error(
        "resource-in-use",
        400,
        "OperationNotAllowed",
        "Operation not allowed: There has to be at least one agent pool of mode System.",
    ),
    azure_error(
        "resource-in-use",
        409,
        "CannotDeleteResource",
        # https://help.zscaler.com/dspm/resolving-configuration-issues-microsoft-azure
        "Cannot delete resource while nested resources exist. Please delete all nested resources before "
        "deleting this resource.",
    ),
    azure_error(
        "value-refused",
        400,
        "LocationNotAvailableForResourceType",
        # https://github.com/MicrosoftDocs/azure-docs/issues/5156
        "The provided location 'westeurope' is not available for resource type "
        "'microsoft.insights/metricalerts'. List of available regions for the resource type is 'global'.",
    ),
    azure_error(
        "value-refused",
        400,
        "NoRegisteredProviderFound",
        # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider
        "No registered resource provider found for location 'westeurope' and API version '2023-07-01' for "
        "type 'vaults'.",
    ),
    azure_error("value-refused", 400, "InvalidParameter", "At most 200 authorized IP ranges are supported."),
    azure_error(
        "value-refused", 400, "BadRequest", "Federated identity credentials must have exactly one audience."
    ),
    azure_error(
        "role-assignment-hash-conflict",
        409,
        "HashConflictOnDifferentRoleAssignmentIds",
        "A hash conflict was encountered for the role Assignment ID. Please use a new Guid.",
    ),
)
