"""Key Vault: the vault is not reached, refuses the caller, or does not have the object."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

FAILURES: Final = (
    Failure(
        id="forbiddenbyrbac",
        title="ForbiddenByRbac",
        symptom=(
            Sign(code="ForbiddenByRbac"),
            Sign(text=r"Caller is not authorized to perform action on resource"),
            Sign(code="DeniedWithNoValidRBAC"),
        ),
        example="Caller is not authorized to perform action on resource. If role assignments, deny "
        "assignments or role definitions were changed recently, please observe propagation time. … "
        'InnerError={"code":"ForbiddenByRbac"}',
        cause="No role assignment lets the caller {client_id} do this in vault {vault}, or the assignment "
        "is so new that the vault does not know it yet. Owner and Contributor give no right to values.",
        proof="`az role assignment list --all --assignee {client_id} --include-inherited --output table` "
        "shows its roles and their scopes.",
        next_step="wait up to ten minutes after the assignment was made; if there is none, list the secret "
        "for the workload and type `pulumi up --stack {stack}` (a person: `people` in the stack file)",
        source="https://github.com/piyushsachdeva/Terraform_AKS/issues/2",
    ),
    Failure(
        id="forbiddenbyfirewall",
        title="ForbiddenByFirewall",
        symptom=(
            Sign(code="ForbiddenByFirewall"),
            Sign(text=r"Client address is not authorized and caller is not a trusted service"),
        ),
        example="Client address is not authorized and caller is not a trusted service. Client address: "
        '203.0.113.7 … InnerError={"code":"ForbiddenByFirewall"}',
        cause="The firewall of vault {vault} does not allow the address from which the call came. AKS is no "
        "trusted service: nodes need the subnet's service endpoint, their egress address in the list, or a "
        "private endpoint.",
        proof="`az keyvault show --name {vault} --query properties.networkAcls` shows what is allowed; the "
        "message shows the client's address.",
        next_step="add the address to `vault.network.ip_rules` or the subnet to `vault.network.subnet_ids`, "
        "and type `pulumi up --stack {stack}` (docs/config/vault.md)",
        source="https://github.com/microsoft/AzureTRE/issues/3789",
    ),
    Failure(
        id="forbiddenbyconnection",
        title="ForbiddenByConnection",
        symptom=(
            Sign(code="ForbiddenByConnection"),
            Sign(text=r"Public network access is disabled and request is not from a trusted service"),
            Sign(text=r"Connection is not an approved private link"),
        ),
        example="Public network access is disabled and request is not from a trusted service nor via an "
        'approved private link. … InnerError={"code":"ForbiddenByConnection"}',
        cause="Vault {vault} allows private endpoints only, and the call came by its public address: the "
        "name resolves to that, because the caller's network is not linked with the private DNS zone, or it "
        "is outside the network.",
        proof="`nslookup {vault}.vault.azure.net` on the caller's side answers a public address; "
        "`az network private-endpoint-connection list --name {vault} --resource-group {resource_group} "
        "--type Microsoft.KeyVault/vaults` shows whether the endpoint is approved.",
        next_step="run the command from inside the network, link the network with the zone "
        "privatelink.vaultcore.azure.net, or approve the endpoint",
        source="https://github.com/microsoft/multimodal-ai/issues/171",
    ),
    Failure(
        id="forbiddenbypolicy",
        title="ForbiddenByPolicy",
        symptom=(
            Sign(code="ForbiddenByPolicy"),
            Sign(
                text=r"does not have (?P<collection>secrets|keys|certificates) (?P<verb>[a-z]{2,20}) "
                r"permission "
                r"on key vault"
            ),
        ),
        example="The user, group or application 'appid=…;oid=…;iss=https://sts.windows.net/…/' does not have "
        "secrets get permission on key vault 'kv-shop;location=westeurope'.",
        cause="Vault {vault} authorizes by access policies, and none gives the caller {client_id} this "
        "right. Role assignments count for nothing there.",
        proof="`az keyvault show --name {vault} --query properties.enableRbacAuthorization` answers false.",
        next_step="use a vault that authorizes by roles (docs/adopt.md), or add a policy: `az keyvault "
        "set-policy --name {vault} --object-id {object_id} --secret-permissions get`",
        source="https://github.com/ansible-collections/azure/issues/635",
    ),
    Failure(
        id="secretnotfound",
        title="SecretNotFound",
        symptom=(
            Sign(code="SecretNotFound"),
            Sign(text=r"A secret with \(name/id\) \S{1,200} was not found in this key vault"),
        ),
        example="A secret with (name/id) payment-api-key was not found in this key vault. If you recently "
        "deleted this secret you may be able to recover it using the correct recovery command.",
        cause="Vault {vault} has no secret {secret}, or not the requested version: it was never set "
        "(`from: existing`), or it is deleted.",
        proof="`az keyvault secret list-deleted --vault-name {vault} --query '[].name'` shows whether it "
        "can be recovered.",
        next_step="set it with `az keyvault secret set --vault-name {vault} --name {secret} --file <file>`, "
        "or bring it back with `python -m operations restore --stack {stack}`",
        source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/troubleshooting/",
    ),
    Failure(
        id="secretdisabled",
        title="SecretDisabled",
        symptom=(
            Sign(code="SecretDisabled"),
            Sign(text=r"Operation get is not allowed on a disabled secret"),
        ),
        example=(
            '(Forbidden) Operation get is not allowed on a disabled secret. Inner error: {"code": '
            '"SecretDisabled"}'
        ),
        cause=(
            "The newest version of secret {secret} in vault {vault} is disabled. An older one is not read "
            "instead."
        ),
        proof="`az keyvault secret list-versions --vault-name {vault} --name {secret} --query "
        "'[].[id,attributes.enabled]'` shows the versions.",
        next_step="enable it with `az keyvault secret set-attributes --vault-name {vault} --name {secret} "
        "--enabled true`, or set a new version",
        source="https://github.com/ansible-collections/azure/issues/1989",
    ),
    Failure(
        id="vault-not-found",
        title="Vault not found",
        symptom=(
            Sign(code="VaultNotFound"),
            Sign(
                text=r"lookup (?P<vault>[0-9A-Za-z-]{3,24})\.vault\.[a-z.]{5,40}(?: on "
                r"[\[\]0-9a-f.:]{3,60})?: "
                r"no such host"
            ),
            Sign(
                text=r"(?:Failed to resolve|getaddrinfo|Name or service not known|name "
                r"resolution)[^\n]{0,200}?"
                r"\b(?P<vault>[0-9A-Za-z-]{3,24})\.vault\.(?:azure|usgovcloudapi)"
            ),
            Sign(
                text=r"\b(?P<vault>[0-9A-Za-z-]{3,24})\.vault\.(?:azure|usgovcloudapi)[^\n]{0,200}?"
                r"(?:Failed to resolve|getaddrinfo|ENOTFOUND|Name or service not known|name resolution)"
            ),
        ),
        example="dial tcp: lookup kv-shop.vault.azure.net: no such host",
        cause="No DNS server has the name of vault {vault}: the vault is deleted, its name is another one, "
        "or the private DNS zone of the network lacks it.",
        proof="`az keyvault list --query '[].name'` and `az keyvault list-deleted --query '[].name'` show "
        "whether the vault exists; `nslookup {vault}.vault.azure.net` shows what the resolver answers.",
        next_step="bring a deleted vault back with `python -m operations restore --stack {stack}`; mend the "
        "name, or link the network with the zone privatelink.vaultcore.azure.net",
        source="https://github.com/Azure/secrets-store-csi-driver-provider-azure/issues/214",
    ),
    Failure(
        id="key-or-certificate-not-found",
        title="Key or certificate not found",
        symptom=(
            Sign(code="KeyNotFound"),
            Sign(code="CertificateNotFound"),
            Sign(
                text=r"A (?:key|cert|certificate) with \(name/id\) \S{1,200} was not found in this key vault"
            ),
        ),
        example="A key with (name/id) etcd was not found in this key vault. If you recently deleted this "
        "key you may be able to recover it using the correct recovery command.",
        cause="Vault {vault} has no key or certificate {secret}, or it is deleted.",
        proof="`az keyvault key list-deleted --vault-name {vault} --query '[].name'` and the same of "
        "`certificate` show what can be recovered.",
        next_step="type `az keyvault key recover --vault-name {vault} --name {secret}` (or `certificate`), "
        "or make it anew",
        source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/troubleshooting/",
    ),
    Failure(
        id="secret-deleted-but-recoverable",
        title="Secret deleted but recoverable",
        symptom=(
            Sign(code="ObjectIsDeletedButRecoverable"),
            Sign(code="ObjectIsBeingDeleted"),
            Sign(text=r"is currently in a deleted but recoverable state, and its name cannot be reused"),
        ),
        example="Secret orders-db-password is currently in a deleted but recoverable state, and its name "
        "cannot be reused; in this state, the secret can only be recovered or purged.",
        cause="Vault {vault} keeps a deleted secret {secret}, and takes no new one of this name.",
        proof="`az keyvault secret show-deleted --vault-name {vault} --name {secret} --query "
        "scheduledPurgeDate` shows until when.",
        next_step="bring it back with `python -m operations restore --stack {stack}`; without purge "
        "protection `az keyvault secret purge --vault-name {vault} --name {secret}` frees the name",
        source="https://github.com/pulumi/pulumi-azure-native/issues/1174",
    ),
    Failure(
        id="vault-of-another-tenant",
        title="Vault of another tenant",
        symptom=(Sign(code="AKV10032"), Sign(code="AKV10033")),
        example="AKV10032: Invalid issuer. Expected one of https://sts.windows.net/…/, found "
        "https://sts.windows.net/…/.",
        cause="The token is of another tenant than vault {vault}.",
        proof="`az keyvault show --name {vault} --query properties.tenantId` and `az account show --query "
        "tenantId` differ.",
        next_step="type `az login --tenant <tenant-id>` with the vault's tenant; a workload needs a vault of "
        "the tenant of its identity",
        source="https://learn.microsoft.com/azure/key-vault/general/rest-error-codes",
    ),
    Failure(
        id="vault-throttled",
        title="Vault throttled",
        symptom=(
            Sign(status=429, part="key vault"),
            Sign(code="Throttled"),
            Sign(code="VaultRequestTypeLimitReached"),
            Sign(text=r"Request was not processed because too many requests were received"),
        ),
        example="Request was not processed because too many requests were received. Reason: "
        "VaultRequestTypeLimitReached",
        cause="Vault {vault} gets more requests than it answers: 4,000 reads in ten seconds for a vault and "
        "region. Each pod with a CSI volume reads each of its objects at every poll.",
        proof="`az monitor metrics list --resource $(az keyvault show --name {vault} --query id --output "
        "tsv) --metric ServiceApiResult --filter \"StatusCode eq '429'\"` shows how many are refused.",
        next_step="raise `operators.csi_driver.poll_interval` or `external_secrets.refresh_interval`, list "
        "fewer objects per pod, or give applications vaults of their own, then type `pulumi up --stack "
        "{stack}`",
        source="https://learn.microsoft.com/azure/key-vault/general/service-limits",
    ),
)
