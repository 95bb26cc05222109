"""Warnings about Key Vault's throttling: how often the CSI driver and akv2k8s read each vault.

The driver reads every mounted object of every pod at each poll, at worst all at once:
secrets-store-csi-driver-provider-azure#1416. The controller of akv2k8s reads the object of every Kubernetes
Secret at each resync, and again because it has written the status then: syncAzureKeyVault and
syncAzureKeyVaultSecret, 1.8.4,
https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/tree/controller-1.8.4/cmd/azure-keyvault-controller
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.operators import Operator
from components.workloads import WorkloadKind
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings import Settings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

_LIMITS = (
    "https://learn.microsoft.com/azure/key-vault/general/service-limits"
    "#secrets-managed-storage-account-keys-and-vault-transactions"
)
READ_LIMIT, WINDOW_SECONDS = 4000, 10
"""Reads of one vault in a region that Key Vault answers in that time."""
SUBSCRIPTION_READ_LIMIT = 5 * READ_LIMIT
"""Reads of all vaults of a subscription together: the footnote of the same page."""


def _pods_of(workload: WorkloadSettings, nodes: int) -> int:
    """The largest number of pods of a workload; one if something else deploys it."""
    if workload.kind is WorkloadKind.DAEMON_SET:
        return nodes
    if workload.autoscale:
        return workload.autoscale.max_replicas or workload.autoscale.min_replicas
    return workload.replicas if workload.kind in (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET) else 1


def _reads_of(secret: SecretSettings) -> int:
    """Reads of one object; with a version history the list, the newest and each older version.

    The provider does so in getLatestNKeyVaultObjects (provider.go).
    """
    return 1 if secret.version_history is None else secret.version_history + 2


def reads_per_poll(settings: Settings) -> Mapping[str | None, int]:
    """Reads of each vault, by label: pods × mounted objects over all workloads that use the driver."""
    nodes, reads = settings.cluster.max_nodes, Counter[str | None]()
    for workload in settings.workloads:
        if workload.spec.operator is Operator.CSI_DRIVER:
            pods = _pods_of(workload, nodes)
            mounted = {
                (secret.file or secret.name, workload.content_of(secret)): secret
                for secret in workload.secrets
            }
            for secret in mounted.values():
                reads[secret.vault] += pods * _reads_of(secret)
    return reads


def reads_per_resync(settings: Settings) -> Mapping[str | None, int]:
    """Reads of each vault, by label: two of the object of each Kubernetes Secret that akv2k8s fills."""
    reads = Counter[str | None]()
    for workload in settings.workloads:
        if workload.spec.operator is Operator.AKV2K8S:
            filled = {workload.secret_key_ref(secret).secret: secret.vault for secret in workload.secrets}
            reads.update(2 * [*filled.values()])
    return reads


@dataclass(frozen=True)
class _Poller:
    """A reader that reads every object again after an interval, by the settings."""

    path: Path
    """The key that sets the interval."""
    interval: str
    seconds: int
    reads: Mapping[str | None, int]
    """Reads of each vault at each poll, by label."""
    poll: str
    """The operator's word for a poll."""
    fewer: str
    """A way to need fewer reads."""


def _pollers(settings: Settings) -> Iterator[_Poller]:
    driver, controller = settings.operators.csi_driver, settings.operators.akv2k8s
    if driver and driver.rotation:
        path = ("operators", "csi_driver", "poll_interval")
        reads = reads_per_poll(settings)
        yield _Poller(path, driver.poll_interval, driver.poll_seconds, reads, "poll", "mount fewer secrets")
    if controller:
        path = ("operators", "akv2k8s", "resync_period")
        period, reads = controller.resync_period, reads_per_resync(settings)
        yield _Poller(path, period, controller.resync_seconds, reads, "resync", "list fewer secrets")


@warning("vault-read-limit", _LIMITS)
def polls_stay_below_the_limit_of_a_vault(lookup: Lookup) -> Iterator[Violation]:
    """More than half of the limit: other clients read the vault too."""
    for poller in _pollers(lookup.settings):
        for label, reads in poller.reads.items():
            vault = f"vault {label!r}" if label else "the vault of section vault"
            remedy = f"{poller.poll} less often, {poller.fewer}, or use several vaults"
            yield from _above_half(poller, reads, vault, READ_LIMIT, "of a vault", remedy)


@warning("subscription-read-limit", _LIMITS)
def polls_stay_below_the_limit_of_the_subscription(lookup: Lookup) -> Iterator[Violation]:
    """Several vaults share the limit of their subscription."""
    for poller in _pollers(lookup.settings):
        reads, remedy = sum(poller.reads.values()), f"{poller.poll} less often, or {poller.fewer}"
        yield from _above_half(
            poller, reads, "all vaults", SUBSCRIPTION_READ_LIMIT, "of a subscription", remedy
        )


def _above_half(
    poller: _Poller, reads: int, vaults: str, limit: int, owner: str, remedy: str
) -> Iterator[Violation]:
    share = reads / (poller.seconds / WINDOW_SECONDS) / limit
    if share > 0.5:
        yield Violation(
            poller.path,
            f"{poller.interval!r} causes {reads} reads of {vaults} at each {poller.poll}, {share:.0%} of the"
            f" limit {owner},"
            f" {limit} reads in {WINDOW_SECONDS} s",
            remedy,
        )
