"""Rules for the sections of each composition, and for sections beside existing resources."""

from collections.abc import Iterator

from components.key_vault.access_policies import Authorization
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.vault import AdditionalVaultSettings, BaseVaultSettings
from stacks.settings.validation.problems import set_command
from stacks.settings.validation.registry import Violation, rule

_PAGE = "docs/compositions.md: what each composition makes"
_LEFT_ALONE = "docs/adopt.md: what exists is read, and never changed"


@rule("section-of-another-composition", Settings, source=_PAGE)
def sections_go_with_the_composition(settings: Settings) -> Iterator[Violation]:
    """A section that the composition does not read would have no effect."""
    sections = settings.operators.reading.values()
    unread = {
        Composition.ALL_IN_ONE: ("platform",),
        Composition.PLATFORM: (
            *("platform", "workloads", "technique"),
            # Operators of the platform may read as one.
            *(() if any(section.identity for section in sections) else ("identities",)),
        ),
        # The platform's stack configures them. Without a platform they name what exists.
        Composition.WORKLOADS: (
            "monitoring",
            "network",
            *(("cluster", "vault", "operators", "people") if settings.platform else ()),
        ),
    }[settings.composition]
    for key in unread:
        # Pulumi.yaml gives every section its default. The resource group belongs to this stack in any case.
        default, section = type(settings).model_fields[key].get_default(), getattr(settings, key)
        if key == "cluster":
            section = section.model_copy(update={"resource_group": None})
        if section != default:
            problem = f"has no effect with composition: {settings.composition}"
            if settings.composition is Composition.WORKLOADS and key not in ("monitoring", "network"):
                problem = "has no effect here: the platform's stack configures it"
            yield Violation((key,), problem, "remove it", remove=True)


@rule("workloads-have-a-platform", Settings, source=_PAGE)
def workloads_have_a_platform(settings: Settings) -> Iterator[Violation]:
    """Workloads run on the platform of another stack, or on a cluster and a vault that already exist."""
    if settings.composition is not Composition.WORKLOADS or settings.platform:
        return
    for key, existing in (("cluster", settings.cluster.existing), ("vault", settings.vault.existing)):
        if existing is None:
            command = set_command(("platform", "stack"), "organization/aks-secrets/platform")
            yield Violation(
                (key, "existing"), "neither it nor platform.stack is set", "set one of them", command=command
            )


@rule(
    "system-pool-is-there",
    Settings,
    source="https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools",
)
def a_new_cluster_has_a_system_pool(settings: Settings) -> Iterator[Violation]:
    """Every cluster has a system pool, and its VM size has no sensible default."""
    makes_cluster = settings.composition is not Composition.WORKLOADS and settings.cluster.existing is None
    if makes_cluster and settings.cluster.system_pool is None:
        command = set_command(("cluster", "system_pool", "vm_size"), "Standard_D2s_v5")
        yield Violation(("cluster", "system_pool"), "missing", "this key has no default", command=command)


@rule("existing-cluster-is-left-alone", ClusterSettings, source=_LEFT_ALONE)
def existing_clusters_are_not_configured(cluster: ClusterSettings) -> Iterator[Violation]:
    """The program does not change a cluster that it does not make."""
    for key in sorted(cluster.model_fields_set - {"existing", "resource_group", "export_kubeconfig"}):
        if cluster.existing:
            yield Violation(
                (key,),
                "has no effect: the program does not change an existing cluster",
                "remove it",
                remove=True,
            )


@rule("existing-vault-is-left-alone", BaseVaultSettings, source=_LEFT_ALONE)
def existing_vaults_are_not_configured(vault: BaseVaultSettings) -> Iterator[Violation]:
    """The program does not change a vault that it does not make; switching its authorization would drop every
    policy in it.
    """
    readable = {"existing", *(["name"] if isinstance(vault, AdditionalVaultSettings) else [])}
    for key in sorted(vault.model_fields_set - readable):
        if vault.existing:
            yield Violation(
                (key,),
                "has no effect: the program does not change an existing vault",
                "remove it",
                remove=True,
            )


@rule(
    "alerts-of-an-existing-vault",
    Settings,
    source=f"{_LEFT_ALONE}; https://learn.microsoft.com/azure/event-grid/system-topics",
)
def alerts_need_a_vault_of_this_stack(settings: Settings) -> Iterator[Violation]:
    """A vault has one system topic, which belongs to the vault's owner. Alerts are made for the vaults of
    this stack.
    """
    makes_vault = any(vault.existing is None for _, _, vault in settings.all_vaults)
    if not makes_vault and settings.monitoring and settings.monitoring.alerts:
        problem = "has no effect: every vault is existing, and alerts on a vault belong to its owner"
        yield Violation(("monitoring", "alerts"), problem, "remove it", remove=True)


@rule("addon-of-an-existing-cluster", Settings, source=_LEFT_ALONE)
def existing_clusters_keep_their_addons(settings: Settings) -> Iterator[Violation]:
    """An add-on is a property of the cluster, which the program does not change."""
    driver, existing = settings.operators.csi_driver, settings.cluster.existing
    if existing and driver and driver.install is CsiDriverInstall.ADDON:
        problem = "'addon' would change an existing cluster"
        yield Violation(
            ("operators", "csi_driver", "install"),
            problem,
            "choose existing if the add-on is enabled, or helm",
            "existing",
        )


@rule(
    "policies-of-a-platform",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/assign-access-policy",
)
def platform_vaults_use_rbac(settings: Settings) -> Iterator[Violation]:
    """Azure writes the list of policies with the vault, so the platform's next update would remove what other
    stacks have added.
    """
    for at, _, vault in settings.all_vaults:
        if (
            settings.composition is Composition.PLATFORM
            and vault.authorization is Authorization.ACCESS_POLICY
        ):
            problem = (
                "with access-policy the platform's next update would remove the policies that other"
                " stacks have added"
            )
            yield Violation((*at, "authorization"), problem, "choose rbac", "rbac")


@rule(
    "resource-group-is-used",
    Settings,
    source="our own choice: a group that nothing names is a misspelled one",
)
def listed_resource_groups_are_used(settings: Settings) -> Iterator[Violation]:
    """The list describes groups that other keys name; an unused entry is a misspelled one."""
    groups = (
        settings.cluster.resource_group,
        *(vault.resource_group for _, _, vault in settings.all_vaults),
    )
    named = {name.lower() for name in groups if name}
    for index, group in enumerate(settings.resource_groups):
        if group.name.lower() not in named:
            remedy = "set it in cluster.resource_group or vault.resource_group, or remove it"
            yield Violation(("resource_groups", index), f"no key names {group.name!r}", remedy, remove=True)
