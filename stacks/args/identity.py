"""Arguments of the identities that read the vaults for workloads, and their grants."""

from collections.abc import Mapping, Sequence

from components import naming, resource_ids
from components.authorization.role_assignments import PlannedGrant, Principal
from components.authorization.roles import ObjectType, PrincipalType
from components.cluster.base import Cluster
from components.identity.external_principal import ExternalPrincipalArgs
from components.identity.principal import ServiceAccount
from components.identity.workload_identity import WorkloadIdentityArgs
from components.key_vault.right_grants import right_grant
from components.key_vault.vault import KeyVault
from components.workloads import Access
from stacks.context import SharedResources, StackContext
from stacks.settings import Grants, Settings
from stacks.settings.model.rights import read_scopes, right_scopes
from stacks.settings.model.workloads import WorkloadSettings

APP_ROUTING = "cluster/app-routing"
"""Key of the add-on's identity among the identities. No identity of the settings has a slash in its name."""


def workload_identity_args(
    name: str, context: StackContext, cluster: Cluster, shared: SharedResources
) -> WorkloadIdentityArgs:
    """Arguments of the user-assigned identity that the settings call ``name``, created or existing."""
    settings = context.settings
    workloads = settings.workloads_by_identity.get(name, [])
    operator, entry = settings.reading_operator(name), settings.listed_identity(name)
    account, existing = operator and operator.service_account, entry and entry[1].existing
    return WorkloadIdentityArgs(
        resource_group_name=existing.resource_group_and_name[0] if existing else shared.resource_group_name,
        identity_name=azure_identity_name(name, context),
        existing_id=resource_ids.identity_id(
            context.subscription_of(existing), *existing.resource_group_and_name
        )
        if existing
        else None,
        subscription_id=context.subscription_of(existing) if existing else context.deployer.subscription_id,
        cluster=cluster,
        cluster_id=context.cluster_id,
        service_accounts=[
            *([account] if account else []),
            *_service_accounts(workloads, Access.WORKLOAD_IDENTITY),
        ],
        bound_accounts=_service_accounts(workloads, Access.IDENTITY_BINDING),
        binding_name=_binding_name(name, settings),
        pod_identity_principal=_pod_identity_principal(workloads, cluster),
        grants_managed=settings.grants is Grants.MANAGED,
    )


def external_principal_args(
    name: str, context: StackContext, cluster: Cluster
) -> ExternalPrincipalArgs | None:
    """Arguments of the add-on's identity, of a service principal, or of the identity of an operator of the
    platform.

    None: the workloads, or an operator of the stack, use a workload identity.
    """
    settings, deployer = context.settings, context.deployer
    workload = next(iter(settings.workloads_by_identity.get(name, [])), None)
    if published := context.operator_principals.get(name):
        label, client_id, object_id = published.name, published.client_id, published.principal_id
    elif workload is None:
        return None
    elif workload.access is Access.USER_ASSIGNED_VM:
        label, client_id, object_id = "csi-addon", cluster.csi_addon_client_id, cluster.csi_addon_object_id
    elif principal := workload.service_principal:
        label, client_id, object_id = workload.name, principal.client_id, principal.object_id
    else:
        return None
    return ExternalPrincipalArgs(
        label=label,
        client_id=client_id,
        object_id=object_id,
        tenant_id=deployer.tenant_id,
        subscription_id=deployer.subscription_id,
        grants_managed=settings.grants is Grants.MANAGED,
    )


def app_routing_args(context: StackContext, cluster: Cluster) -> ExternalPrincipalArgs:
    """Arguments of the identity as which the application routing add-on reads certificates."""
    return ExternalPrincipalArgs(
        label="app-routing",
        client_id=cluster.app_routing_client_id,
        object_id=cluster.app_routing_object_id,
        tenant_id=context.deployer.tenant_id,
        subscription_id=context.deployer.subscription_id,
        grants_managed=context.settings.grants is Grants.MANAGED,
    )


def plan_certificate_grants(
    settings: Settings, vaults: Mapping[str | None, KeyVault], grants: Grants
) -> list[PlannedGrant]:
    """The grants that the application routing add-on needs and that this stack makes, or those that another
    one makes, each once.

    With its private key a certificate is read as a secret, and so does the add-on: kv_util.go of
    Azure/aks-app-routing-operator.
    """
    return [
        vaults[vault].read_grant(ObjectType.CERT_KEY_PAIR, name)
        for (vault, name), makes in settings.certificate_grants.items()
        if makes is grants
    ]


def plan_grants(
    workloads: Sequence[WorkloadSettings], vaults: Mapping[str | None, KeyVault]
) -> list[PlannedGrant]:
    """The grants that the identity of these workloads needs, each once."""
    reaches = [(vaults[reach.vault], reach) for reach in read_scopes(workloads)]
    return [
        *(
            vault.list_grant() if reach.name is None else vault.read_grant(reach.type, reach.name)
            for vault, reach in reaches
        ),
        *(right_grant(vaults[scope.vault], scope.further, scope.name) for scope in right_scopes(workloads)),
    ]


def principal_name(workload: WorkloadSettings, context: StackContext) -> str:
    """Azure name of the identity that reads for a workload; the client id of a service principal."""
    if workload.access is Access.USER_ASSIGNED_VM:
        # https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
        return f"azurekeyvaultsecretsprovider-{context.cluster_name}"
    if principal := workload.service_principal:
        return principal.client_id
    if published := context.operator_principals.get(workload.identity_name):
        return published.name
    return azure_identity_name(workload.identity_name, context)


def operator_subject(name: str, context: StackContext) -> str | None:
    """Subject of the tokens of the operator that reads as this identity. None: workloads do, or neither the
    stack nor its platform installs the operator.
    """
    if published := context.operator_principals.get(name):
        return published.subject
    operator = context.settings.reading_operator(name)
    account = operator and operator.service_account
    return account.subject if account else None


def azure_identity_name(name: str, context: StackContext) -> str:
    """Azure name of the identity that the settings call ``name``."""
    settings = context.settings
    entry = settings.listed_identity(name)
    if entry and entry[1].existing:
        return entry[1].existing.resource_group_and_name[1]
    if entry is None and (operator := settings.reading_operator(name)):
        return naming.operator_identity(settings.project, settings.stack, operator.operator)
    listed = entry[1].name if entry else name
    return (entry and entry[1].resource_name) or naming.identity(settings.project, settings.stack, listed)


def _binding_name(name: str, settings: Settings) -> str:
    """Name of the identity binding of the identity that the settings call ``name``."""
    entry = settings.listed_identity(name)
    return (entry and entry[1].binding_name) or naming.identity_binding(
        settings.project, settings.stack, name
    )


def _service_accounts(workloads: Sequence[WorkloadSettings], access: Access) -> list[ServiceAccount]:
    """ServiceAccounts that the identity trusts by an access mode, in the order of the list."""
    return [
        ServiceAccount(workload.namespace, workload.service_account_name)
        for workload in workloads
        if workload.signs_in_by(access)
    ]


def _pod_identity_principal(workloads: Sequence[WorkloadSettings], cluster: Cluster) -> Principal | None:
    """The kubelet identity, which assigns the identity to pods under AAD Pod Identity.

    None: workload identity.
    """
    if not workloads or workloads[0].access is not Access.POD_IDENTITY:
        return None
    return Principal("kubelet", cluster.kubelet_object_id, PrincipalType.SERVICE_PRINCIPAL)
