"""Azure Resource Manager: a resource is missing, taken, in use, or has a value that is refused."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

FAILURES: Final = (
    Failure(
        id="missingsubscriptionregistration",
        title="MissingSubscriptionRegistration",
        symptom=(
            Sign(
                code="MissingSubscriptionRegistration",
                text=r"not registered to use namespace '(?P<namespace>[A-Za-z.]{3,80})'",
            ),
            Sign(code="MissingSubscriptionRegistration"),
            Sign(
                text=r"[Ss]ubscription (?:\S{1,60} )?is not registered to use "
                r"(?:namespace )?'?(?P<namespace>[A-Za-z.]{3,80})"
            ),
        ),
        example='Code="MissingSubscriptionRegistration" Message="The subscription is not registered to use '
        "namespace "
        "'Microsoft.KubernetesConfiguration'. See https://aka.ms/rps-not-found for how to register "
        'subscriptions."',
        cause=(
            "The resource provider {namespace} is not registered in the subscription. azure-native registers "
            "none."
        ),
        proof="`az provider show --namespace {namespace} --query registrationState` answers NotRegistered.",
        next_step="type `az provider register --namespace {namespace} --wait`, then `pulumi up --stack "
        "{stack}`",
        source="https://github.com/pulumi/pulumi-azure-native/issues/3479",
    ),
    Failure(
        id="vaultalreadyexists",
        title="VaultAlreadyExists",
        symptom=(
            Sign(
                code="VaultAlreadyExists",
                text=r"vault name '(?P<vault>[0-9A-Za-z-]{3,24})' is already in use",
            ),
            Sign(code="VaultAlreadyExists"),
            Sign(text=r"[Tt]he vault name '(?P<vault>[0-9A-Za-z-]{3,24})' is already in use"),
        ),
        example='Code="VaultAlreadyExists" Message="The vault name \'kv-shop\' is already in use. Vault '
        'names are globally unique so it is possible that the name is already taken."',
        cause="A vault {vault} exists: in another subscription or tenant, or in this one outside the state "
        "of the stack; or a deleted one of another owner keeps the name.",
        proof="`az keyvault list --query \"[?name=='{vault}']\"` and `az keyvault show-deleted --name "
        "{vault}` show whether it is yours.",
        next_step="choose another `vault.name`; for your own vault list it under `vault.existing` "
        "(docs/adopt.md), or take it into the state with `python -m operations resume --stack {stack}`",
        source="https://github.com/Azure/ARO-Landing-Zone-Accelerator/issues/28",
    ),
    Failure(
        id="vault-name-in-deleted-state",
        title="Vault name in deleted state",
        symptom=(
            Sign(text=r"[Vv]ault with the same name already exists in deleted state"),
            Sign(text=r"[Ee]xist soft deleted vault with the same name"),
        ),
        example='Code="ConflictError" Message="A vault with the same name already exists in deleted state. '
        'You need to either recover or purge existing key vault."',
        cause="The vault was deleted, and Azure keeps it and its name until its retention ends. With purge "
        "protection nothing frees the name earlier.",
        proof="`az keyvault list-deleted --query "
        "'[].[name,properties.deletionDate,properties.scheduledPurgeDate,properties.purgeProtectionEnabled"
        "]' --output table` shows it.",
        next_step="bring it back with its secrets: `python -m operations restore --stack {stack}`; or purge "
        "it with `az keyvault purge --name <vault>` if it has no purge protection; or choose another "
        "`vault.name`",
        source="https://github.com/alan-turing-institute/data-safe-haven/issues/2523",
    ),
    Failure(
        id="vault-is-purge-protected",
        title="Vault is purge-protected",
        symptom=(
            Sign(text=r"DeletedVaultPurge' is not allowed"),
            Sign(text=r"is not allowed (?:on a vault with|because) purge protection(?: is)? enabled"),
        ),
        example="Operation 'DeletedVaultPurge' is not allowed on a vault with purge protection enabled.",
        cause="The deleted vault has purge protection: its name stays taken until the retention ends. "
        "No right shortens that.",
        proof="`az keyvault show-deleted --name {vault} --query properties.scheduledPurgeDate` shows the "
        "day.",
        next_step="bring the vault back with `python -m operations restore --stack {stack}`, or choose "
        "another `vault.name`",
        source="https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection",
    ),
    Failure(
        id="softdeletedvaultdoesnotexist",
        title="SoftDeletedVaultDoesNotExist",
        symptom=(Sign(code="SoftDeletedVaultDoesNotExist"), Sign(code="DeletedVaultNotFound")),
        example='Code="SoftDeletedVaultDoesNotExist" Message="A soft deleted vault with the given name does '
        'not exist."',
        cause="`vault.recover` is set, and no deleted vault of this name is in this subscription and "
        "resource group: it was purged, its retention has ended, or it was never there.",
        proof="`az keyvault list-deleted --query '[].[name,properties.vaultId]' --output table` lists what "
        "can be recovered.",
        next_step="type `pulumi config rm --path 'vault.recover' --stack {stack}`, then `pulumi up --stack "
        "{stack}`, which makes a new vault",
        source="https://github.com/hashicorp/terraform-provider-azurerm/issues/12972",
    ),
    Failure(
        id="purge-protection-cannot-be-turned-off",
        title="Purge protection cannot be turned off",
        symptom=(Sign(text=r"property \"?enablePurgeProtection\"? cannot be set to false"),),
        example='The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection '
        "for a vault is an irreversible action.",
        cause="The vault has purge protection, which stays for as long as the vault exists.",
        proof="`az keyvault show --name {vault} --query properties.enablePurgeProtection` answers true.",
        next_step="type `pulumi config set --path 'vault.purge_protection' true --stack {stack}`",
        source="https://github.com/Azure/azure-cli/issues/29115",
    ),
    Failure(
        id="resource-not-found",
        title="Resource not found",
        symptom=(
            Sign(
                code="ResourceGroupNotFound", text=r"[Rr]esource group '(?P<resource_group>[\w().-]{1,90})'"
            ),
            Sign(code="ResourceGroupNotFound"),
            Sign(code="ResourceNotFound"),
            Sign(code="ParentResourceNotFound"),
            Sign(code="SubscriptionNotFound"),
            Sign(code="FailedIdentityOperation"),
            Sign(code="InvalidResourceReference"),
            Sign(code="SubnetNotFound"),
            Sign(text=r"Virtual network resource not found for"),
        ),
        example='Code="ResourceGroupNotFound" Message="Resource group \'rg-shared\' could not be found."',
        cause="A resource that the settings name does not exist in this subscription, or was deleted "
        "outside the stack, or the deployer may not see it.",
        proof="`az resource list --query '[].id'` lists what the sign-in sees; `az account show --query id` "
        "shows the subscription.",
        next_step="mend the name or id in the settings, or ARM_SUBSCRIPTION_ID; for a resource of the stack "
        "type `pulumi up --refresh --stack {stack}`, which makes it anew",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
    ),
    Failure(
        id="property-cannot-change",
        title="Property cannot change",
        symptom=(
            Sign(
                code="PropertyChangeNotAllowed",
                text=r"Changing property '(?P<property>[\w.]{1,120})' is not allowed",
            ),
            Sign(code="PropertyChangeNotAllowed"),
            Sign(code="OIDCIssuerFeatureCannotBeDisabled"),
            Sign(code="DisableManagedAADNotAllowed"),
            Sign(code="InvalidResourceLocation"),
            Sign(
                text=r"\"softDeleteRetentionInDays\" has been set already|\"enableSoftDelete\" can be set "
                r"to false only"
            ),
            Sign(text=r"Changing enablePrivateCluster is not allowed|Changing the outbound type from"),
            Sign(text=r"cannot be changed, from|of an extension cannot be changed"),
        ),
        example='Code="PropertyChangeNotAllowed" Message="Changing property \'properties.vmSize\' is not '
        'allowed."',
        cause="Azure takes this property at the creation only.",
        proof="The message names the property.",
        next_step="take the change back; a node pool gets another value under a new name "
        "(`cluster.user_pools`), a cluster or vault by a new one (docs/migrations.md)",
        source="https://github.com/pulumi/pulumi-azure-native/issues/959",
    ),
    Failure(
        id="subnet-without-service-endpoint",
        title="Subnet without service endpoint",
        symptom=(Sign(code="SubnetsHaveNoServiceEndpointsConfigured"),),
        example='Code="SubnetsHaveNoServiceEndpointsConfigured" Message="Subnets nodes of virtual network '
        'vnet do not have ServiceEndpoints for Microsoft.KeyVault resources configured."',
        cause="A subnet in `vault.network.subnet_ids` has no service endpoint for Key Vault.",
        proof="`az network vnet subnet show --ids <subnet> --query serviceEndpoints` shows its endpoints.",
        next_step="type `az network vnet subnet update --ids <subnet> --service-endpoints "
        "Microsoft.KeyVault`, or use a `vault.private_endpoint`, then `pulumi up --stack {stack}`",
        source="https://github.com/hashicorp/terraform-provider-azurerm/issues/11759",
    ),
    Failure(
        id="resource-in-use",
        title="Resource in use",
        symptom=(
            Sign(code="InUseNatGatewayCannotBeDeleted"),
            Sign(code="InUseRouteTableCannotBeDeleted"),
            Sign(code="InUseSubnetCannotBeDeleted"),
            Sign(code="PublicIPAddressCannotBeDeleted"),
            Sign(text=r"Cannot delete resource while nested resources exist"),
            Sign(text=r"There has to be at least one agent pool"),
        ),
        example='Code="InUseRouteTableCannotBeDeleted" Message="Route table rt-egress is in use and cannot '
        'be deleted."',
        cause="Something outside the stack still uses the resource, or the cluster needs it.",
        proof="`az resource show --ids <id> --query properties` shows what uses it.",
        next_step="take it out of use there, then type the same command again",
        source="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network",
    ),
    Failure(
        id="value-refused",
        title="Value refused",
        symptom=(
            Sign(code="BadRequest"),
            Sign(code="BadParameter"),
            Sign(code="InvalidParameter"),
            Sign(code="InvalidRequestFormat"),
            Sign(code="InvalidRequestContent"),
            Sign(code="InvalidResourceName"),
            Sign(code="InvalidResourceGroup"),
            Sign(code="InvalidTemplateDeployment"),
            Sign(code="InvalidOSSKU"),
            Sign(code="LocationNotAvailableForResourceType"),
            Sign(code="NoRegisteredProviderFound"),
            Sign(code="InvalidRoleAssignmentId"),
            Sign(code="InvalidRoleDefinitionId"),
            Sign(code="VaultNameNotValid"),
        ),
        example='Code="InvalidParameter" Message="At most 200 authorized IP ranges are supported."',
        cause="Azure takes the resource, and not a value of it; the message says which. The settings check "
        "what Azure documents, and this is something else.",
        proof="The message names the property or its rule.",
        next_step="mend the value in the settings or in `overrides`, then type `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment"
        "-errors",
        wraps=1,
    ),
)
