"""The application routing add-on of a cluster that exists, for the Ingresses of the stack."""

from collections.abc import Iterator

from components.cluster.app_routing import routing_identity
from components.cluster.csi_addon import addon_identity
from stacks.preflight.existing import get_cluster, get_vaults, subscription_option
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.validation.registry import Violation


@check(
    "cluster-routes-applications",
    "https://learn.microsoft.com/azure/aks/app-routing-dns-ssl#enable-azure-key-vault-integration",
)
def existing_cluster_serves_ingresses(lookup: Lookup) -> Iterator[Violation]:
    """Without the add-on nothing serves an Ingress, and without the CSI add-on it has no certificate."""
    cluster = get_cluster(lookup)
    if cluster is None:
        return
    option = subscription_option(cluster.subscription_id)
    at = f"--resource-group {cluster.resource_group} --name {cluster.name}{option}"
    for index, _ in lookup.settings.ingresses:
        if routing_identity(cluster.answer.ingress_profile) is None:
            yield Violation(
                ("workloads", index, "service", "ingress"),
                f"cluster {cluster.name!r} does not run the application routing add-on, which serves it",
                "turn it on there",
                command=f"az aks approuting enable --enable-kv {at}",
            )
        elif addon_identity(cluster.answer.addon_profiles) is None:
            yield Violation(
                ("workloads", index, "service", "ingress", "certificate"),
                f"cluster {cluster.name!r} does not run the add-on azure-keyvault-secrets-provider, by which"
                " certificates reach it",
                "turn it on there",
                command=f"az aks approuting update --enable-kv {at}",
            )


@check("ingress-vault-has-rbac", "https://learn.microsoft.com/azure/key-vault/general/rbac-guide")
def certificates_are_in_vaults_with_rbac(lookup: Lookup) -> Iterator[Violation]:
    """A vault with access policies ignores the role of the add-on's identity (rules/app_routing.py has the
    rule for vaults that the stack makes).
    """
    vaults = get_vaults(lookup) if lookup.settings.ingresses else {}
    for index, ingress in lookup.settings.ingresses:
        vault = vaults.get(ingress.vault)
        if vault and not vault.answer.properties.enable_rbac_authorization:
            yield Violation(
                ("workloads", index, "service", "ingress", "certificate"),
                f"is in vault {vault.name!r}, whose access policies ignore the role of the add-on's identity",
                "let its owner move it to RBAC as docs/migrations.md describes, or use another vault",
            )
