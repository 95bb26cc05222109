"""What a workload's technique has in its pod: variables, volumes and folders that nobody else may take.

Owns: which names those are, however many vaults the workload reads, and the rules of ``env`` and ``scratch`` about them. What
``overrides`` must leave alone asks here too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.workloads import Capability
from components.workloads.vault_objects import env_suffix, suffix
from stacks.settings.model.external_secrets import ComposeSettings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.registry import Violation, rule

_WEBHOOK = "https://learn.microsoft.com/azure/aks/workload-identity-overview#how-it-works"


@dataclass(frozen=True)
class ReservedNames:
    """Names that a technique has in a pod."""

    env: frozenset[str]
    """Without the variables that secrets ask for: the settings say those."""
    volumes: frozenset[str]
    mounts: frozenset[str]
    """Paths in the workload's own container; others may mount there what they like."""


def reserved_names(workload: WorkloadSettings) -> ReservedNames:
    """What there is once, and what there is once for each vault that the workload reads."""
    spec, vaults = workload.spec, workload.vaults
    volumes = [f"{spec.volume_by_vault}{suffix(vault)}" for vault in vaults if spec.volume_by_vault]
    return ReservedNames(
        env=spec.reserved_env
        | {f"{name}{env_suffix(vault)}" for name in spec.env_by_vault for vault in vaults},
        volumes=spec.reserved_volumes | set(volumes),
        mounts=spec.reserved_mounts
        | (
            {_mount(workload, vault) for vault in vaults}
            if Capability.MOUNT_PATH in spec.capabilities
            else set[str]()
        ),
    )


def mount_paths(workload: WorkloadSettings, placed: SecretSettings | ComposeSettings) -> Sequence[str]:
    """The folders in which its file stands: of what is mounted from a Kubernetes Secret too, the driver has a file besides."""
    spec = workload.spec
    twice = (
        not spec.uses_kubernetes_secrets
        and placed.kubernetes_secret is not None
        and placed.kubernetes_secret.mount
    )
    return [
        _mount(workload, getattr(placed, "vault", None)),
        *(sorted(spec.reserved_mounts) if twice else []),
    ]


def _mount(workload: WorkloadSettings, vault: str | None) -> str:
    """Where what is of that vault stands: all in one folder, unless each vault has a volume."""
    return f"{workload.mount_path}{suffix(vault)}" if workload.spec.volume_by_vault else workload.mount_path


@rule("environment-of-the-technique", WorkloadSettings, source=_WEBHOOK)
def environment_of_the_technique_is_left_alone(workload: WorkloadSettings) -> Iterator[Violation]:
    """What is there already, the webhook leaves as it is, and the pod takes on another identity."""
    taken = reserved_names(workload).env
    for name in workload.env:
        if name in taken:
            problem = f"is set by technique {workload.technique} or by the webhook of workload identity"
            yield Violation(("env", name), problem, "take it out", remove=True)


@rule(
    "mounts-differ",
    WorkloadSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core: a path is mounted once",
)
def mounts_of_the_technique_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """A vault's name behind ``mount_path`` may make the folder of files that come from Kubernetes Secrets."""
    from_kubernetes = any(
        placed.kubernetes_secret and placed.kubernetes_secret.mount for _, placed in workload.delivered_values
    )
    for vault in workload.vaults:
        if from_kubernetes and (path := _mount(workload, vault)) in workload.spec.reserved_mounts:
            problem = (
                f"makes {path}, where technique {workload.technique} mounts files from Kubernetes Secrets"
            )
            yield Violation(("mount_path",), problem, "choose another path", "/mnt/secrets-store")


@rule(
    "scratch-beside-the-secrets",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
)
def scratch_is_not_where_the_secrets_are(workload: WorkloadSettings) -> Iterator[Violation]:
    """Over them it would hide them; in them no folder can be made, since they are read-only."""
    mounts = sorted(reserved_names(workload).mounts)
    for index, path in enumerate(workload.scratch):
        for mount in mounts:
            if f"{path}/".startswith(f"{mount}/"):
                problem = f"{path!r}, and {mount} is where technique {workload.technique} mounts its files"
                yield Violation(("scratch", index), problem, "choose another path", "/tmp")
