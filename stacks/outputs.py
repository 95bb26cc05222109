"""What a stack tells: people, other stacks and the tools in operations/, which read these outputs and never the program.

No secret value and no kubeconfig is among them, unless the settings ask for the kubeconfig.
"""

from collections.abc import Mapping
from typing import Any

from components import naming
from components.cluster import AksCluster
from components.grants import describe
from components.identity import AUDIENCE, ServiceAccount, WorkloadIdentity
from components.roles import READ_ACCESS, Role
from components.vault import KeyVault
from components.workloads import WORKLOADS
from stacks import parts
from stacks.deployer import Deployer
from stacks.settings import Grants, Settings
from stacks.settings.workloads import Scope, SecretSettings, WorkloadSettings

PLATFORM_VERSION = 1
"""Of the output ``platform``: another number means that its keys mean something else."""


def of(
    settings: Settings,
    deployer: Deployer,
    cluster: AksCluster,
    vault: KeyVault,
    identities: Mapping[str, WorkloadIdentity],
) -> Mapping[str, Any]:
    """The outputs of a stack that has everything."""
    told: dict[str, Any] = {
        "access": [
            _access(settings, deployer, workload, secret, cluster, identities[workload.identity_name])
            for workload in settings.workloads
            for secret in workload.secrets
        ],
        "platform": _platform(settings, deployer, cluster, vault),
    }
    if settings.grants is Grants.EXTERNAL:
        owed = [
            *cluster.grants,
            *vault.grants,
            *(grant for identity in identities.values() for grant in identity.grants),
        ]
        told["grants"] = [describe(grant) for grant in owed]
    if settings.cluster.export_kubeconfig:
        told["kubeconfig"] = cluster.kubeconfig
    return told


def _access(
    settings: Settings,
    deployer: Deployer,
    workload: WorkloadSettings,
    secret: SecretSettings,
    cluster: AksCluster,
    identity: WorkloadIdentity,
) -> dict[str, Any]:
    """One row per workload and secret: the whole chain, in plain words as far as they are known before anything exists."""
    account = ServiceAccount(workload.namespace, workload.service_account_name)
    access, scope = READ_ACCESS[secret.type], parts.vault_id(settings, deployer)
    by_list = workload.scope is Scope.VAULT and access.role is Role.KEY_VAULT_SECRETS_USER
    return {
        "workload": workload.name,
        "secret": secret.name,
        "type": secret.type.value,
        "technique": workload.technique.value,
        "namespace": account.namespace,
        "serviceAccount": account.name,
        "subject": account.subject,
        "audience": AUDIENCE,
        "identity": naming.identity(settings.project, settings.stack, workload.identity_name),
        "role": access.role.title,
        "scope": scope if by_list else f"{scope}/{access.collection}/{secret.name}",
        "vault": parts.vault_name(settings, deployer),
        "pod": WORKLOADS[workload.technique].seen_by_pod,
        "issuer": cluster.issuer_url,
        "clientId": identity.client_id,
    }


def _platform(settings: Settings, deployer: Deployer, cluster: AksCluster, vault: KeyVault) -> dict[str, Any]:
    """The contract with other stacks: one versioned object, no secret in it."""
    return {
        "version": PLATFORM_VERSION,
        "subscriptionId": deployer.subscription_id,
        "tenantId": deployer.tenant_id,
        "location": settings.location,
        "resourceGroup": parts.resource_group_name(settings),
        "cluster": {"name": cluster.name, "id": cluster.resource_id, "issuerUrl": cluster.issuer_url},
        "vault": {"name": vault.name, "id": vault.resource_id, "uri": vault.vault_uri},
    }
