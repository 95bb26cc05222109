"""How often the cluster will read the vault, as far as the settings tell.

The driver reads every mounted object of every pod at each poll (secrets-store-csi-driver-provider-azure#1416), all at once at worst.
"""

from collections.abc import Iterator

from components.operators import Operator
from components.workloads import WORKLOADS, Kind
from stacks.settings import Settings
from stacks.settings.secrets import SecretSettings
from stacks.settings.workloads import WorkloadSettings

MOST_READS, WINDOW_SECONDS = 4000, 10
"""Of a vault and region: https://learn.microsoft.com/azure/key-vault/general/service-limits#secrets-managed-storage-account-keys-and-vault-transactions"""


def pods_of(workload: WorkloadSettings, nodes: int) -> int:
    """How many pods it has, or may have; of a kind that somebody else deploys, one."""
    if workload.kind is Kind.DAEMON_SET:
        return nodes
    if workload.autoscale:
        return workload.autoscale.max_replicas or workload.autoscale.min_replicas
    return workload.replicas if workload.kind in (Kind.DEPLOYMENT, Kind.STATEFUL_SET) else 1


def _reads_of(secret: SecretSettings) -> int:
    """Of several versions: the list of them, the newest, and each older one (provider.go, getLatestNKeyVaultObjects)."""
    return 1 if secret.version_history is None else secret.version_history + 2


def reads_per_poll(settings: Settings) -> int:
    """Pods × objects, of every workload whose objects the driver mounts."""
    nodes = settings.cluster.most_nodes
    return sum(
        pods_of(workload, nodes) * sum(_reads_of(secret) for secret in workload.secrets)
        for workload in settings.workloads
        if WORKLOADS[workload.technique].needs is Operator.CSI_DRIVER
    )


def warnings(settings: Settings) -> Iterator[str]:
    """Above half of what the vault answers: other things read it too."""
    driver = settings.operators.csi_driver
    if driver is None or not driver.rotation:
        return
    reads = reads_per_poll(settings)
    share = reads / driver.poll_seconds / (MOST_READS / WINDOW_SECONDS)
    if share > 0.5:
        yield (
            f"operators.csi_driver.poll_interval {driver.poll_interval}: {reads} reads of the vault at each poll are {share:.0%} of the"
            f" {MOST_READS} in {WINDOW_SECONDS} s that Key Vault answers; poll less often, mount fewer secrets, or use several vaults"
        )
