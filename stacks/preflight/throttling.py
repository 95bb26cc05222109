"""How often the cluster will read each vault, as far as the settings tell.

The driver reads every mounted object of every pod at each poll (secrets-store-csi-driver-provider-azure#1416), all at once at worst.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from components.operators import Operator
from components.workloads import WorkloadKind
from stacks.settings import Settings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings

MOST_READS, WINDOW_SECONDS = 4000, 10
"""Of a vault and region: https://learn.microsoft.com/azure/key-vault/general/service-limits#secrets-managed-storage-account-keys-and-vault-transactions"""
MOST_OF_SUBSCRIPTION = 5 * MOST_READS
"""Of all its vaults together: the footnote there."""


def pods_of(workload: WorkloadSettings, nodes: int) -> int:
    """How many pods it has, or may have; of a kind that somebody else deploys, one."""
    if workload.kind is WorkloadKind.DAEMON_SET:
        return nodes
    if workload.autoscale:
        return workload.autoscale.max_replicas or workload.autoscale.min_replicas
    return workload.replicas if workload.kind in (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET) else 1


def _reads_of(secret: SecretSettings) -> int:
    """Of several versions: the list of them, the newest, and each older one (provider.go, getLatestNKeyVaultObjects)."""
    return 1 if secret.version_history is None else secret.version_history + 2


def reads_per_poll(settings: Settings) -> Mapping[str | None, int]:
    """What secrets call a vault → pods × objects in it, of every workload whose objects the driver mounts."""
    nodes, reads = settings.cluster.most_nodes, Counter[str | None]()
    for workload in settings.workloads:
        if workload.spec.operator is Operator.CSI_DRIVER:
            pods = pods_of(workload, nodes)
            for secret in workload.secrets:
                reads[secret.vault] += pods * _reads_of(secret)
    return reads


def warnings(settings: Settings) -> Iterator[str]:
    """Above half of what a vault answers: other things read it too."""
    driver = settings.operators.csi_driver
    if driver is None or not driver.rotation:
        return
    said, windows = (
        f"operators.csi_driver.poll_interval {driver.poll_interval}",
        driver.poll_seconds / WINDOW_SECONDS,
    )
    counted = reads_per_poll(settings)
    for label, reads in counted.items():
        share = reads / windows / MOST_READS
        if share > 0.5:
            vault = f"vault {label!r}" if label else "the vault of section vault"
            yield (
                f"{said}: {reads} reads of {vault} at each poll are {share:.0%} of the {MOST_READS} in {WINDOW_SECONDS} s that Key Vault"
                " answers; poll less often, mount fewer secrets, or use several vaults"
            )
    reads = sum(counted.values())
    share = reads / windows / MOST_OF_SUBSCRIPTION
    if share > 0.5:
        yield (
            f"{said}: {reads} reads of all vaults at each poll are {share:.0%} of the {MOST_OF_SUBSCRIPTION} in {WINDOW_SECONDS} s that Key"
            " Vault answers in a subscription; poll less often, or mount fewer secrets"
        )
