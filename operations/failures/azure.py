"""Azure Resource Manager: the deployer may not do something, or the subscription does not allow it."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import GUID

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
        id="authorizationfailed",
        title="AuthorizationFailed",
        symptom=(
            Sign(
                code="AuthorizationFailed",
                text=rf"with object id '(?P<object_id>{GUID})' does not have authorization to perform action "
                r"'(?P<action>[A-Za-z./]{3,200})'",
            ),
            Sign(code="AuthorizationFailed"),
        ),
        example="Code=\"AuthorizationFailed\" Message=\"The client '…' with object id '…' does not have "
        "authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/…'.\"",
        cause=(
            "The deployer {object_id} has no role that allows {action} at that scope. Contributor assigns no "
            "roles."
        ),
        proof=(
            "`az role assignment list --assignee {object_id} --all --include-inherited --output table` shows "
            "its roles."
        ),
        next_step="let an owner of the scope assign a role that allows {action} "
        "(docs/security.md#the-deployer), or set `grants: external` where the deployer may assign no roles",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="roleassignmentlimitexceeded",
        title="RoleAssignmentLimitExceeded",
        symptom=(Sign(code="RoleAssignmentLimitExceeded"),),
        example="No more role assignments can be created (code: RoleAssignmentLimitExceeded)",
        cause="The subscription has 4,000 role assignments, and Azure allows no more.",
        proof="`az role assignment list --all --query 'length(@)'` counts them.",
        next_step="delete assignments of identities that are gone (`az role assignment list --all --query "
        "\"[?principalName=='']\"`), or give a workload one right on the whole vault (`scope: vault`)",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits",
    ),
    Failure(
        id="principalnotfound",
        title="PrincipalNotFound",
        symptom=(Sign(code="PrincipalNotFound"), Sign(code="UnmatchedPrincipalType")),
        example='Code="PrincipalNotFound" Message="Principal 8b0c5e3e000040008000000000000000 does not '
        'exist in the directory …"',
        cause="Entra does not know the principal: an identity that is seconds old is not everywhere yet, an "
        "id in `people` is wrong, or its type is another one.",
        proof="`az ad sp show --id <object-id>`, `az ad user show` and `az ad group show` find it in one of "
        "the three.",
        next_step="mend the id or the type in `people`; for an identity of the stack type `pulumi up "
        "--stack {stack}` again",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="roleassignmentexists",
        title="RoleAssignmentExists",
        symptom=(Sign(code="RoleAssignmentExists"),),
        example='Code="RoleAssignmentExists" Message="The role assignment already exists. The ID of the '
        'existing role assignment is …."',
        cause="The principal has this role at this scope already, by an assignment that the state of the "
        "stack does not have: a person or another tool made it, or an update that died.",
        proof="`az role assignment list --all --query \"[?ends_with(id, '<id>')]\"` shows it; its name is "
        "the id in the message.",
        next_step="type `python -m operations resume --stack {stack}` if an update died; else delete the "
        "assignment with `az role assignment delete --ids <id>`, and type `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="roleassignmentupdatenotpermitted",
        title="RoleAssignmentUpdateNotPermitted",
        symptom=(Sign(code="RoleAssignmentUpdateNotPermitted"),),
        example='Code="RoleAssignmentUpdateNotPermitted" Message="Tenant ID, application ID, principal ID, '
        'and scope are not allowed to be updated."',
        cause="An assignment of this name exists for another principal: an identity was deleted and made "
        "anew outside the stack.",
        proof="`az role assignment list --all --query \"[?principalName=='']\"` lists assignments of "
        "principals that are gone.",
        next_step="delete the old assignment (`az role assignment delete --ids <id>`) and type `pulumi up "
        "--refresh --stack {stack}`",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
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
        "of the stack; or a deleted one of somebody else keeps the name.",
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
        cause="The deleted vault has purge protection: its name stays taken until the retention ends, "
        "whoever asks.",
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
)
