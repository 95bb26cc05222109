"""The cluster as Azure returns it.

An existing cluster needs a few features for workloads; the stack's own cluster cannot take every change.
"""

from collections.abc import Iterator

from pulumi_azure_native import containerservice

from components.cluster.app_routing import routing_identity
from components.cluster.base import ExistingClusterArgs
from components.cluster.csi_addon import addon_identity
from components.resource_ids import ArmId, KeyId
from components.workloads import Access
from components.workloads.pod import OperatingSystem
from stacks.preflight.existing import get_cluster, subscription_option
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings import Composition
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.validation.problems import format_path
from stacks.settings.validation.registry import Violation

_AUTOMATIC = "Automatic"
"""SKU of clusters whose nodes and add-ons AKS chooses:
https://learn.microsoft.com/azure/aks/intro-aks-automatic"""


def existing_cluster_args(lookup: Lookup) -> ExistingClusterArgs | None:
    """Arguments of the component of the existing cluster. None: the stack creates its cluster."""
    cluster = get_cluster(lookup)
    if cluster is None:
        return None
    answer = cluster.answer
    kubelet = (answer.identity_profile or {}).get("kubeletidentity")
    addon, routing = addon_identity(answer.addon_profiles), routing_identity(answer.ingress_profile)
    issuer = answer.oidc_issuer_profile.issuer_url if answer.oidc_issuer_profile else None
    return ExistingClusterArgs(
        cluster_id=answer.id,
        resource_group_name=cluster.resource_group,
        cluster_name=cluster.name,
        issuer_url=issuer or "",
        kubelet_object_id=(kubelet.object_id if kubelet else None) or "",
        csi_addon_client_id=(addon.client_id if addon else None) or "",
        csi_addon_object_id=(addon.object_id if addon else None) or "",
        app_routing_client_id=(routing.client_id if routing else None) or "",
        app_routing_object_id=(routing.object_id if routing else None) or "",
        entra=bool(answer.aad_profile and answer.aad_profile.managed),
        windows=_has_windows_nodes(answer),
    )


@check(
    "cluster-issues-tokens",
    "https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster#update-an-existing-aks-cluster",
)
def existing_cluster_issues_tokens(lookup: Lookup) -> Iterator[Violation]:
    """Without an OIDC issuer and workload identity no pod gets a token that Entra accepts."""
    cluster = get_cluster(lookup)
    if cluster is None:
        return
    issuer, security = cluster.answer.oidc_issuer_profile, cluster.answer.security_profile
    identity = security.workload_identity if security else None
    missing = {
        **({} if issuer and issuer.issuer_url else {"OIDC issuer": "--enable-oidc-issuer"}),
        **({} if identity and identity.enabled else {"workload identity": "--enable-workload-identity"}),
    }
    if missing:
        yield Violation(
            cluster.path,
            f"cluster {cluster.name!r} has no {' and no '.join(missing)}, so no pod can use an identity",
            "enable it" if len(missing) == 1 else "enable both",
            command=f"az aks update --resource-group {cluster.resource_group} --name {cluster.name}"
            f" {' '.join(missing.values())}{subscription_option(cluster.subscription_id)}",
        )


@check(
    "identity-binding-and-vnet-integration",
    "https://learn.microsoft.com/azure/aks/identity-bindings-concepts#what-limitations-exist-for-identity-bindings",
)
def identity_bindings_have_a_token_proxy(lookup: Lookup) -> Iterator[Violation]:
    """AKS has no token proxy for an API server in a subnet of the cluster's network."""
    cluster = get_cluster(lookup)
    profile = cluster.answer.api_server_access_profile if cluster else None
    if cluster is None or not (profile and profile.enable_vnet_integration):
        return
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.signs_in_by(Access.IDENTITY_BINDING):
            yield Violation(
                ("workloads", index, "access"),
                f"'identity-binding' does not work on cluster {cluster.name!r}, which has API server VNet"
                " integration",
                "choose workload-identity",
                "workload-identity",
            )


@check("cluster-has-windows-nodes", "https://kubernetes.io/docs/concepts/windows/user-guide/")
def windows_pods_have_nodes(lookup: Lookup) -> Iterator[Violation]:
    """Windows pods would stay Pending (rules/windows.py has the rule for clusters that the stack creates)."""
    cluster = get_cluster(lookup)
    if cluster is None or _has_windows_nodes(cluster.answer):
        return
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.os is OperatingSystem.WINDOWS:
            yield Violation(
                ("workloads", index, "os"),
                f"'windows', but no node pool of cluster {cluster.name!r} runs Windows",
                "add one there, or choose linux",
                "linux",
            )


@check(
    "dapr-extension-on-an-automatic-cluster",
    "https://github.com/Azure/AKS/issues/4513, https://github.com/Azure/AKS/issues/5726",
)
def automatic_clusters_take_the_chart_of_dapr(lookup: Lookup) -> Iterator[Violation]:
    """The extension does not become ready on an Automatic cluster."""
    cluster, dapr = get_cluster(lookup), lookup.settings.operators.dapr
    if cluster is None or dapr is None or dapr.install is not DaprInstall.EXTENSION:
        return
    if cluster.answer.sku and cluster.answer.sku.name == _AUTOMATIC:
        yield Violation(
            ("operators", "dapr", "install"),
            f"'extension' does not become ready on cluster {cluster.name!r}, which is an Automatic one",
            "choose helm",
            "helm",
        )


@check("cluster-does-not-become-private", "https://github.com/Azure/azure-cli/issues/12669")
def public_cluster_stays_public(lookup: Lookup) -> Iterator[Violation]:
    """AKS refuses to change ``enablePrivateCluster`` after creation, but a preview shows it as an update."""
    cluster = get_own_cluster(lookup)
    if cluster is None or lookup.settings.cluster.private is None:
        return
    profile = cluster.api_server_access_profile
    if not (profile and profile.enable_private_cluster):
        yield Violation(
            ("cluster", "private"),
            f"cluster {lookup.context.cluster_name!r} exists with a public API server, and AKS cannot make"
            " it private",
            "remove this key, or create another cluster under another name as"
            " docs/config/cluster.md#clusterprivate describes",
            remove=True,
        )


@check(
    "kms-vault-of-encrypted-secrets",
    "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations,"
    " https://learn.microsoft.com/azure/aks/update-kms-key-vault#update-a-key-vault-mode",
)
def cluster_keeps_its_right_to_the_kms_vault(lookup: Lookup) -> Iterator[Violation]:
    """Pulumi deletes the grant on a vault that the settings no longer name, but etcd still needs its key."""
    vault, cluster = abandoned_kms_vault(lookup), lookup.settings.cluster
    if vault and vault.lower() not in former_kms_vaults(lookup):
        path = ("cluster", "former_kms_vault_ids", len(cluster.former_kms_vault_ids))
        yield Violation(
            ("cluster", "kms"),
            f"{kms_change(lookup)}, but cluster {lookup.context.cluster_name!r} has encrypted its Secrets"
            f" with a key of vault {vault!r};"
            " without its right to that key the API server stops",
            "list that vault as a former one, as docs/config/cluster.md#another-vault-or-no-kms describes",
            command=f"pulumi config set --path '{format_path(path)}'"
            f' "$(az keyvault show --name {vault} --query id --output tsv)"',
        )


def _has_windows_nodes(cluster: containerservice.GetManagedClusterResult) -> bool:
    return any(pool.os_type == "Windows" for pool in cluster.agent_pool_profiles or ())


def get_own_cluster(lookup: Lookup) -> containerservice.GetManagedClusterResult | None:
    """The cluster that this stack created. None: it is not created yet, or the stack uses an existing one."""
    context = lookup.context
    if context.settings.composition is Composition.WORKLOADS or context.settings.cluster.existing:
        return None
    return lookup.read_if_exists(
        ("cluster",),
        f"cluster {context.cluster_name!r} in resource group {context.resource_group!r}",
        lambda: containerservice.get_managed_cluster(
            resource_group_name=context.resource_group, resource_name=context.cluster_name
        ),
    )


def abandoned_kms_vault(lookup: Lookup) -> str | None:
    """Name of the vault whose key encrypts etcd now and which ``cluster.kms`` does not name.

    None: there is none.
    """
    cluster = get_own_cluster(lookup)
    kms = cluster.security_profile.azure_key_vault_kms if cluster and cluster.security_profile else None
    if not (kms and kms.enabled and kms.key_id):
        return None
    vault = KeyId.parse(kms.key_id).vault_name
    configured = lookup.settings.cluster.kms
    return None if configured and ArmId.parse(configured.vault_id).name.lower() == vault.lower() else vault


def kms_change(lookup: Lookup) -> str:
    """The change of section ``cluster.kms``, for messages."""
    kms = lookup.settings.cluster.kms
    return f"names vault {ArmId.parse(kms.vault_id).name!r}" if kms else "is removed"


def former_kms_vaults(lookup: Lookup) -> set[str]:
    """Names of the vaults of ``cluster.former_kms_vault_ids``, in lower case."""
    return {ArmId.parse(vault_id).name.lower() for vault_id in lookup.settings.cluster.former_kms_vault_ids}
