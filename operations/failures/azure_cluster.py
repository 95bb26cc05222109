"""AKS and its subscription: a cluster, a node pool or an extension is refused."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

FAILURES: Final = (
    Failure(
        id="vcpu-quota",
        title="vCPU quota",
        symptom=(
            Sign(
                code="ErrCode_InsufficientVCPUQuota",
                text=r"for family (?P<family>\w{3,60}) for region (?P<region>\w{3,30})",
            ),
            Sign(code="ErrCode_InsufficientVCPUQuota"),
            Sign(code="InsufficientVCPUQuota"),
            Sign(text=r"exceeding approved (?P<family>\w{3,60}) Cores quota"),
            Sign(text=r"exceeding quota limits of Core"),
        ),
        example='Code="ErrCode_InsufficientVCPUQuota" Message="Insufficient vcpu quota requested 8, '
        'remaining 4 for family standardDSv5Family for region westeurope."',
        cause="The subscription has not enough vCPUs left for the nodes. An upgrade needs one node more "
        "than the pool has, for the time of the upgrade.",
        proof="`az vm list-usage --location {region} --output table` shows use and limit, of the family and "
        "of the region.",
        next_step="ask for more at https://aka.ms/AzureQuota, or set a smaller "
        "`cluster.system_pool.vm_size` or count, then type `python -m operations doctor --stack {stack}`",
        source="https://learn.microsoft.com/azure/quotas/regional-quota-requests",
    ),
    Failure(
        id="quotaexceeded",
        title="QuotaExceeded",
        symptom=(
            Sign(code="QuotaExceeded"),
            Sign(code="PublicIPCountLimitReached"),
            Sign(code="ResourceQuotaExceeded"),
        ),
        example='Code="QuotaExceeded" Message="Operation could not be completed as it results in exceeding '
        'a quota of the subscription."',
        cause="A limit of the subscription or of the region is reached; the message names it.",
        proof="`az vm list-usage --location {region} --output table` and `az network list-usages --location "
        "{region} --output table` show use and limits.",
        next_step="ask for more at https://aka.ms/AzureQuota, or delete what is not needed, then type "
        "`pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-qu"
        "ota",
        wraps=1,
    ),
    Failure(
        id="skunotavailable",
        title="SkuNotAvailable",
        symptom=(
            Sign(code="SkuNotAvailable"),
            Sign(code="VMSizeNotSupported"),
            Sign(
                text=r"[Tt]he requested VM size (?P<size>Standard_\w{2,40}) is not available in the current "
                r"region"
            ),
            Sign(
                text=r"VM size of (?P<size>\w{2,40}) is not allowed in your subscription in location "
                r"'(?P<region>\w{3,30})'"
            ),
        ),
        example='Code="SkuNotAvailable" Message="The requested VM size for resource \'Following SKUs have '
        "failed for Capacity Restrictions: Standard_D4s_v5' is currently not available in location "
        "'westeurope'.\"",
        cause="The region has no such VM size for this subscription: not at all, not in a zone that the "
        "pool lists, or not at the moment.",
        proof="`az vm list-skus --location {region} --size Standard_D --all --query "
        '"[?restrictions[0]].[name,restrictions[0].reasonCode]" --output table` lists the restricted sizes.',
        next_step="set another `cluster.system_pool.vm_size` or other `zones`, then type `python -m "
        "operations doctor --stack {stack}`",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-ava"
        "ilable",
    ),
    Failure(
        id="allocation-failed",
        title="Allocation failed",
        symptom=(
            Sign(code="AllocationFailed"),
            Sign(code="ZonalAllocationFailed"),
            Sign(code="OverconstrainedAllocationRequest"),
        ),
        example='Code="ZonalAllocationFailed" Message="Allocation failed. We do not have sufficient '
        'capacity for the requested VM size in this zone."',
        cause="Azure has no free machines of this size in the region or zone now, although the quota would "
        "allow it.",
        proof="The message has the size and the zone.",
        next_step="type `pulumi up --stack {stack}` again later, or set another `vm_size` or fewer `zones`",
        source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/erro"
        "r-code-zonalallocation-allocationfailed",
    ),
    Failure(
        id="zone-not-supported",
        title="Zone not supported",
        symptom=(Sign(code="AvailabilityZoneNotSupported"),),
        example="Code=\"AvailabilityZoneNotSupported\" Message=\"The zone(s) '3' for resource 'system' is "
        "not supported. The supported zones for location 'westus' are ''.\"",
        cause="The region has no such zone for this VM size and subscription.",
        proof="`az vm list-skus --location {region} --zone --query '[].[name,locationInfo[0].zones]' "
        "--output table` lists the zones of each size.",
        next_step="mend `zones` of the pool, then type `pulumi up --stack {stack}`",
        source="https://github.com/Azure/bicep-registry-modules/issues/4434",
    ),
    Failure(
        id="kubernetes-version-not-supported",
        title="Kubernetes version not supported",
        symptom=(
            Sign(code="K8sVersionNotSupported"),
            Sign(code="AgentPoolK8sVersionNotSupported"),
            Sign(
                text=r"[Vv]ersion (?P<version>\d{1,2}\.\d{1,3}(?:\.\d{1,3})?),? (?:which )?is not supported"
                r" in this region"
            ),
        ),
        example='Code="K8sVersionNotSupported" Message="Managed cluster aks-shop is on version 1.27.9, '
        'which is only available for Long-Term Support (LTS)."',
        cause="AKS does not offer this Kubernetes version in the region, or only with long-term support.",
        proof="`az aks get-versions --location {region} --output table` lists the versions.",
        next_step="set `cluster.kubernetes_version` to one of them, or leave it out, then type `pulumi up "
        "--stack {stack}`",
        source="https://github.com/pulumi/pulumi-azure-native/pull/3550",
    ),
    Failure(
        id="requestdisallowedbypolicy",
        title="RequestDisallowedByPolicy",
        symptom=(Sign(code="RequestDisallowedByPolicy"), Sign(code="RequestDisallowedByAzure")),
        example='Code="RequestDisallowedByPolicy" Message="Resource \'kv-shop\' was disallowed by policy. '
        'Policy identifiers: \'[{\\"policyAssignment\\":{\\"name\\":\\"…\\"}}]\'."',
        cause="An Azure policy of the subscription or of a management group above it refuses this resource "
        "as the settings have it.",
        proof="The message names the policy; `az policy assignment list --disable-scope-strict-match "
        "--output table` lists those that count.",
        next_step="set what the policy wants (a region, a tag, no public access), or ask its owner for an "
        "exemption",
        source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requ"
        "estdisallowedbypolicy",
    ),
    Failure(
        id="locked-by-azure",
        title="Locked by Azure",
        symptom=(Sign(code="ScopeLocked"),),
        example='Code="ScopeLocked" Message="The scope \'/subscriptions/…/resourceGroups/rg-shop\' cannot '
        "perform delete operation because following scope(s) are locked: '…'. Please remove the lock and "
        'try again."',
        cause="A management lock protects the resource, its group or the subscription.",
        proof="`az lock list --output table` lists the locks.",
        next_step="remove the lock with `az lock delete --ids <id>` if the change is meant, then type "
        "`pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    ),
    Failure(
        id="too-many-credential-writes",
        title="Too many credential writes",
        symptom=(
            Sign(code="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"),
            Sign(text=r"Too many Federated Identity Credentials are written concurrently"),
        ),
        example='Code="ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" Message="Too '
        "many Federated Identity Credentials are written concurrently for the managed identity '…'.\"",
        cause="Something else writes credentials of the same identity at the same time; the stack writes "
        "its own one after the other.",
        proof="`az monitor activity-log list --resource-id <identity> --offset 1h --query "
        "'[].[caller,operationName.value]' --output table` shows who.",
        next_step="type `pulumi up --stack {stack}` again, when the other tool has ended",
        source="https://github.com/pulumi/pulumi-azure-native/issues/4343",
    ),
    Failure(
        id="too-many-credentials",
        title="Too many credentials",
        symptom=(
            Sign(code="FederatedIdentityCredentialsLimitExceeded"),
            Sign(text=r"Too many Federated Identity Credentials for the managed identity"),
        ),
        example='Code="FederatedIdentityCredentialsLimitExceeded" Message="Too many Federated Identity '
        "Credentials for the managed identity '…': at most 20 are allowed.\"",
        cause="An identity takes 20 federated credentials at most, also those that the stack did not make.",
        proof="`az identity federated-credential list --identity-name {identity} --resource-group "
        "{resource_group} --query 'length(@)'` counts them.",
        next_step="give workloads identities of their own (leave out `identity`), or delete credentials of "
        "clusters that are gone",
        source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    ),
    Failure(
        id="arm-throttled",
        title="ARM throttled",
        symptom=(
            Sign(status=429, part="arm"),
            Sign(code="SubscriptionRequestsThrottled"),
            Sign(code="ResourceRequestsThrottled"),
        ),
        example='Code="SubscriptionRequestsThrottled" Message="Number of requests for subscription \'…\' '
        "and operation '…' exceeded the backend storage limit. Please try again after '15' seconds.\"",
        cause="Azure Resource Manager gets more requests for the subscription than it answers.",
        proof="The answer has a header Retry-After.",
        next_step="wait, then type the same command again (`pulumi up --stack {stack}`); with "
        "PULUMI_PARALLEL=4 an update sends fewer requests at once",
        source="https://github.com/MicrosoftDocs/azure-docs/issues/105248",
    ),
    Failure(
        id="another-operation-runs",
        title="Another operation runs",
        symptom=(
            Sign(code="OperationNotAllowed", text=r"in progress"),
            Sign(code="EtagMismatch"),
            Sign(text=r"conflicting operation in progress"),
            Sign(
                text=r"[Aa]nother (?:operation|\w+ operation) \([\w .-]{1,60}\) is in progress, please wait "
                r"for it to finish"
            ),
        ),
        example='Code="OperationNotAllowed" Message="Operation is not allowed: Another operation (Updating '
        "- Wed, 11 Mar 2026 10:11:12 UTC) is in progress, please wait for it to finish before starting a "
        'new operation."',
        cause="AKS changes the cluster already: an upgrade, an add-on, or an update that was cut off here "
        "and goes on there.",
        proof="`az aks show --name {cluster} --resource-group {resource_group} --query provisioningState` "
        "answers Updating, Upgrading or the like.",
        next_step="type `az aks wait --updated --name {cluster} --resource-group {resource_group}`, then "
        "`pulumi up --refresh --stack {stack}`",
        source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/erro"
        "r-code-operationnotallowed",
    ),
    Failure(
        id="kms-key-not-usable",
        title="KMS key not usable",
        symptom=(
            Sign(code="AzureKeyVaultKmsValidateIdentityPermissionCustomerError"),
            Sign(text=r"does not have keys encrypt/decrypt permission on key vault"),
        ),
        example='Code="AzureKeyVaultKmsValidateIdentityPermissionCustomerError" Message="The identity does '
        'not have keys encrypt/decrypt permission on key vault \\"https://kv-etcd.vault.azure.net\\"."',
        cause="AKS may not use the key of vault {vault} that encrypts Secrets in etcd. While it may not, "
        "the API server does not start.",
        proof="`az role assignment list --scope $(az keyvault show --name {vault} --query id --output tsv) "
        "--output table` shows whether the identity of the cluster has Key Vault Crypto User.",
        next_step="assign the role to the identity of the cluster again, open the vault's network for AKS, "
        "then type `pulumi up --refresh --stack {stack}`",
        source="https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption",
    ),
    Failure(
        id="extension-failed",
        title="Extension failed",
        symptom=(Sign(code="ExtensionOperationFailed"),),
        example='Code="ExtensionOperationFailed" Message="The extension operation failed with the following '
        "error: Error: {failed to install chart from path [] …} occurred while doing the operation : "
        '{Installing the extension} on the config"',
        cause="The AKS extension was not installed; the message has the reason of Helm behind it, often "
        "Dapr that is there already.",
        proof="`az k8s-extension list --cluster-name {cluster} --resource-group {resource_group} "
        "--cluster-type managedClusters --output table` and `helm list --all-namespaces` show what is "
        "installed.",
        next_step="uninstall the other installation, or use it with `install: existing`, then type `pulumi "
        "up --stack {stack}`",
        source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/troubleshoot-da"
        "pr-extension-installation-errors",
        wraps=1,
    ),
    Failure(
        id="pool-versions-mixed",
        title="Pool versions mixed",
        symptom=(
            Sign(code="NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged"),
            Sign(code="NodePoolMcVersionIncompatible"),
        ),
        example='Code="NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged" Message="Using managed '
        "cluster api, all Agent pools' OrchestratorVersion must be all specified or all unspecified.\"",
        cause="The node pools have other Kubernetes versions than the cluster: an upgrade was made outside "
        "the stack, or only in part.",
        proof="`az aks show --name {cluster} --resource-group {resource_group} --query "
        "'[kubernetesVersion,agentPoolProfiles[].orchestratorVersion]'` shows them.",
        next_step="set `cluster.kubernetes_version` to the version of the cluster, then type `pulumi up "
        "--refresh --stack {stack}`",
        source="https://github.com/pulumi/pulumi-azure-native/issues/2094",
    ),
    Failure(
        id="federated-credentials-not-supported",
        title="Federated credentials not supported",
        symptom=(Sign(text=r"Support for federated identity credentials not enabled"),),
        example='Code="MethodNotAllowed" Message="The request format was unexpected: Support for federated '
        'identity credentials not enabled."',
        cause="The region of the identity has no federated credentials.",
        proof="`az identity show --name {identity} --resource-group {resource_group} --query location` "
        "shows the region.",
        next_step="set another `azure-native:location` for a new stack, or list an identity of another "
        "region in `identities`",
        source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    ),
)
