"""Warnings about operators."""

from collections.abc import Iterator

from components.cluster.csi_addon import addon_identity
from components.operators import Operator
from components.workloads import Access
from stacks.preflight.existing import get_cluster, subscription_option
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings import Composition
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.sync_controller import SyncControllerInstall
from stacks.settings.validation.registry import Violation


@warning("reloader-is-used", "our own choice: an operator without a task is a misspelled or forgotten key")
def reloader_watches_a_workload(lookup: Lookup) -> Iterator[Violation]:
    """Reloader watches the namespaces of workloads with `reload: true`."""
    settings = lookup.settings
    reloader = settings.operators.reloader
    if reloader and not reloader.namespaces and not any(workload.reload for workload in settings.workloads):
        is_platform = settings.composition is Composition.PLATFORM
        yield Violation(
            ("operators", "reloader"),
            "it has no namespaces, so it watches nothing"
            if is_platform
            else "no workload has reload: true, so it watches nothing",
            "list those whose workloads have reload: true, or remove this key"
            if is_platform
            else "set reload on a workload, or remove this key",
            remove=True,
        )


@warning(
    "dapr-extension-provider",
    "https://learn.microsoft.com/azure/aks/dapr#register-the-kubernetesconfiguration-resource-provider",
)
def extensions_have_their_resource_provider(lookup: Lookup) -> Iterator[Violation]:
    """The program registers no resource providers, which is a right over the whole subscription."""
    dapr = lookup.settings.operators.dapr
    if dapr and dapr.install is DaprInstall.EXTENSION:
        yield Violation(
            ("operators", "dapr", "install"),
            "'extension' fails with MissingSubscriptionRegistration in a subscription without the provider"
            " of cluster extensions",
            "register it once",
            command="az provider register --namespace Microsoft.KubernetesConfiguration",
        )


@warning(
    "sync-controller-is-experimental",
    "https://github.com/kubernetes-sigs/secrets-store-sync-controller/blob/v0.0.4/README.md",
)
def the_sync_controller_is_not_for_production(lookup: Lookup) -> Iterator[Violation]:
    """Its authors say so: names of its API and of its conditions still change."""
    controller = lookup.settings.operators.sync_controller
    if controller:
        shown = f" {controller.version}" if controller.install is SyncControllerInstall.HELM else ""
        yield Violation(
            ("operators", "sync_controller"),
            f"the Secrets Store Sync Controller{shown} is experimental, and its authors do not recommend it"
            " for production",
            "choose technique eso there, or csi with env",
        )


@warning(
    "akv2k8s-reads-for-all",
    "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/issues/680",
)
def akv2k8s_reads_for_all_namespaces(lookup: Lookup) -> Iterator[Violation]:
    """The controller has one identity, whatever the namespace of an AzureKeyVaultSecret."""
    if lookup.settings.operators.akv2k8s:
        yield Violation(
            ("operators", "akv2k8s"),
            "technique akv2k8s is experimental here: its controller reads the objects of all its workloads as"
            " one identity, and an AzureKeyVaultSecret in any namespace gets each of them",
            "let no other principal create AzureKeyVaultSecrets, or choose technique eso, where each workload"
            " reads its own",
        )


@warning("csi-addon-is-on", "docs/adopt.md: what exists is read, and never changed")
def existing_driver_is_installed(lookup: Lookup) -> Iterator[Violation]:
    """Only the add-on is visible to Azure; charts in the cluster are not."""
    cluster, driver = get_cluster(lookup), lookup.settings.operators.csi_driver
    if cluster is None or driver is None or driver.install is not CsiDriverInstall.EXISTING:
        return
    if addon_identity(cluster.answer.addon_profiles) is None:
        yield Violation(
            ("operators", "csi_driver", "install"),
            f"'existing', but the add-on is off in cluster {cluster.name!r}",
            "install the charts, or enable the add-on",
            command="az aks enable-addons --addons azure-keyvault-secrets-provider"
            f" --resource-group {cluster.resource_group} --name {cluster.name}"
            f"{subscription_option(cluster.subscription_id)}",
        )


@warning(
    "identity-binding-by-the-addon",
    "https://github.com/Azure/AgentBaker, parts/common/components.json of August 2026: provider-azure v1.7.2",
)
def addon_has_the_token_proxy(lookup: Lookup) -> Iterator[Violation]:
    """AKS chooses the version of the add-on; the settings refuse the one that the program installs."""
    cluster = get_cluster(lookup)
    if cluster is None or addon_identity(cluster.answer.addon_profiles) is None:
        return
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.spec.operator is Operator.CSI_DRIVER and workload.signs_in_by(Access.IDENTITY_BINDING):
            yield Violation(
                ("workloads", index, "access"),
                "'identity-binding' needs version 1.8.1 of the driver's Azure provider, and the add-on of"
                f" cluster {cluster.name!r} may have an older one, 1.7.2 in August 2026",
                "look at the image's version first",
                command="kubectl get daemonsets --namespace kube-system --output wide",
            )
            return
