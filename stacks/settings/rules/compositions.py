"""Which sections go with which composition, and what goes with things that exist already."""

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
    """A section that is not read is a section that does not hold."""
    strangers = {
        Composition.ALL_IN_ONE: ("platform",),
        Composition.PLATFORM: ("platform", "workloads", "identities", "technique"),
        # The platform's stack says them; without one they say what exists.
        Composition.WORKLOADS: (
            "monitoring",
            "network",
            *(("cluster", "vault", "operators", "people") if settings.platform else ()),
        ),
    }[settings.composition]
    for key in strangers:
        # Pulumi.yaml gives every section that has one its default. The group is the stack's own, whoever has the cluster.
        default, said = type(settings).model_fields[key].get_default(), getattr(settings, key)
        if key == "cluster":
            said = said.model_copy(update={"resource_group": None})
        if said != default:
            problem = f"does not go with composition {settings.composition}"
            if settings.composition is Composition.WORKLOADS and key not in ("monitoring", "network"):
                problem = "is the business of the platform's stack"
            yield Violation((key,), problem, "take it out", remove=True)


@rule("workloads-have-a-platform", Settings, source=_PAGE)
def workloads_have_a_platform(settings: Settings) -> Iterator[Violation]:
    """Named by its stack, or by what exists."""
    if settings.composition is not Composition.WORKLOADS or settings.platform:
        return
    for key, existing in (("cluster", settings.cluster.existing), ("vault", settings.vault.existing)):
        if existing is None:
            command = set_command(("platform", "stack"), "organization/aks-secrets/platform")
            yield Violation(
                (key, "existing"), "missing, and platform.stack too", "say one of them", command=command
            )


@rule(
    "system-pool-is-there",
    Settings,
    source="https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools",
)
def a_cluster_that_is_made_has_a_system_pool(settings: Settings) -> Iterator[Violation]:
    """Every cluster has one, and nobody can guess its size."""
    makes_one = settings.composition is not Composition.WORKLOADS and settings.cluster.existing is None
    if makes_one and settings.cluster.system_pool is None:
        command = set_command(("cluster", "system_pool", "vm_size"), "Standard_D2s_v5")
        yield Violation(("cluster", "system_pool"), "missing", "this key has no default", command=command)


@rule("existing-cluster-is-left-alone", ClusterSettings, source=_LEFT_ALONE)
def existing_clusters_are_left_alone(cluster: ClusterSettings) -> Iterator[Violation]:
    """What the program does not make, it does not configure."""
    for key in sorted(cluster.model_fields_set - {"existing", "resource_group", "export_kubeconfig"}):
        if cluster.existing:
            yield Violation(
                (key,),
                "the program changes nothing of a cluster that is existing",
                "take it out",
                remove=True,
            )


@rule("existing-vault-is-left-alone", BaseVaultSettings, source=_LEFT_ALONE)
def existing_vaults_are_left_alone(vault: BaseVaultSettings) -> Iterator[Violation]:
    """Neither is its authorization flipped: that would drop every policy in it."""
    ours = {"existing", *(["name"] if isinstance(vault, AdditionalVaultSettings) else [])}
    for key in sorted(vault.model_fields_set - ours):
        if vault.existing:
            yield Violation(
                (key,), "the program changes nothing of a vault that is existing", "take it out", remove=True
            )


@rule(
    "alerts-of-an-existing-vault",
    Settings,
    source=f"{_LEFT_ALONE}; https://learn.microsoft.com/azure/event-grid/system-topics",
)
def existing_vaults_have_their_owners_alerts(settings: Settings) -> Iterator[Violation]:
    """A vault has one system topic, whoever makes it, and what is refused or expires in it is its owner's to know. There are alerts as long
    as one vault is made."""
    makes_one = any(vault.existing is None for _, _, vault in settings.all_vaults)
    if not makes_one and settings.monitoring and settings.monitoring.alerts:
        problem = "every vault is existing, and what happens in one is its owner's to be told"
        yield Violation(("monitoring", "alerts"), problem, "take it out", remove=True)


@rule("addon-of-an-existing-cluster", Settings, source=_LEFT_ALONE)
def existing_clusters_bring_their_addons(settings: Settings) -> Iterator[Violation]:
    """An add-on is a property of the cluster."""
    driver, existing = settings.operators.csi_driver, settings.cluster.existing
    if existing and driver and driver.install is CsiDriverInstall.ADDON:
        problem = "addon, and the program changes nothing of a cluster that is existing"
        yield Violation(
            ("operators", "csi_driver", "install"),
            problem,
            "say existing if the add-on is on, or helm",
            "existing",
        )


@rule(
    "policies-of-a-platform",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/assign-access-policy",
)
def a_platforms_vaults_keep_no_policies(settings: Settings) -> Iterator[Violation]:
    """The list is written whole with the vault, so that its next update would take out what other stacks have added."""
    for at, _, vault in settings.all_vaults:
        if (
            settings.composition is Composition.PLATFORM
            and vault.authorization is Authorization.ACCESS_POLICY
        ):
            problem = "access-policy, and the platform's next update would take out what teams have added to the list"
            yield Violation((*at, "authorization"), problem, "choose rbac", "rbac")


@rule(
    "resource-group-is-used",
    Settings,
    source="our own choice: a group that nothing names is a misspelled one",
)
def listed_resource_groups_are_used(settings: Settings) -> Iterator[Violation]:
    """The list says something of groups that are named elsewhere."""
    groups = (
        settings.cluster.resource_group,
        *(vault.resource_group for _, _, vault in settings.all_vaults),
    )
    named = {name.lower() for name in groups if name}
    for index, group in enumerate(settings.resource_groups):
        if group.name.lower() not in named:
            remedy = "say it in cluster.resource_group or vault.resource_group, or take it out"
            yield Violation(("resource_groups", index), f"nothing names {group.name!r}", remedy, remove=True)
