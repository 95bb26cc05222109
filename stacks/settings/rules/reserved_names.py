"""The variables, volumes and folders that a technique uses in its pod, and that other keys cannot use.

Owns: those names, for every vault that a workload reads, and the rules of ``env`` and ``scratch`` about them.
``overrides`` uses them too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.workloads import Capability
from components.workloads.pod_requirements import INJECTED_ENV, INJECTED_VOLUME, VAULT_URL
from components.workloads.vault_objects import env_suffix, suffix
from stacks.settings.model.external_secrets import ComposeSettings
from stacks.settings.model.rights import used_vaults
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.registry import Violation, rule

_WEBHOOK = "https://learn.microsoft.com/azure/aks/workload-identity-overview#how-it-works"


@dataclass(frozen=True)
class ReservedNames:
    """Names that a technique uses in a pod."""

    env: frozenset[str]
    """Environment variables, without those that secrets define."""
    volumes: frozenset[str]
    mounts: frozenset[str]
    """Mount paths in the workload's own container. Other containers are free to use them."""


def reserved_names(workload: WorkloadSettings) -> ReservedNames:
    """The names that a technique uses once, and those that it uses once per vault of the workload."""
    spec, vaults, used = workload.spec, workload.vaults, used_vaults(workload)
    volumes = [f"{spec.volume_by_vault}{suffix(vault)}" for vault in vaults if spec.volume_by_vault]
    return ReservedNames(
        env=spec.reserved_env
        | {f"{name}{env_suffix(vault)}" for name in spec.env_by_vault for vault in vaults}
        | {f"{VAULT_URL}{env_suffix(vault)}" for vault in used}
        | (INJECTED_ENV if used else set[str]()),
        volumes=spec.reserved_volumes | set(volumes) | ({INJECTED_VOLUME} if used else set[str]()),
        mounts=spec.reserved_mounts
        | (
            {_mount(workload, vault) for vault in vaults}
            if Capability.MOUNT_PATH in spec.capabilities
            else set[str]()
        ),
    )


def mount_paths(workload: WorkloadSettings, value: SecretSettings | ComposeSettings) -> Sequence[str]:
    """Folders that hold the file of a value. A file from a Kubernetes Secret also exists in the driver's
    folder.
    """
    spec = workload.spec
    also_from_secret = (
        not spec.uses_kubernetes_secrets
        and value.kubernetes_secret is not None
        and value.kubernetes_secret.mount
    )
    return [
        _mount(workload, getattr(value, "vault", None)),
        *(sorted(spec.reserved_mounts) if also_from_secret else []),
    ]


def _mount(workload: WorkloadSettings, vault: str | None) -> str:
    """Mount path of a vault: one folder for all vaults, unless the technique has a volume per vault."""
    return f"{workload.mount_path}{suffix(vault)}" if workload.spec.volume_by_vault else workload.mount_path


@rule("environment-of-the-technique", WorkloadSettings, source=_WEBHOOK)
def environment_variables_are_not_reserved(workload: WorkloadSettings) -> Iterator[Violation]:
    """The webhook does not overwrite a variable that exists, and the pod would use another identity."""
    reserved = reserved_names(workload).env
    for name in workload.env:
        if name in reserved:
            problem = f"is set by technique {workload.technique} or by the workload identity webhook"
            yield Violation(("env", name), problem, "remove it", remove=True)


@rule(
    "mounts-differ",
    WorkloadSettings,
    source=(
        "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core: a path is"
        " mounted once"
    ),
)
def mounts_of_the_technique_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """``mount_path`` with a vault's label as suffix can be the folder of files from Kubernetes Secrets."""
    from_kubernetes = any(
        value.kubernetes_secret and value.kubernetes_secret.mount for _, value in workload.delivered_values
    )
    for vault in workload.vaults:
        if from_kubernetes and (path := _mount(workload, vault)) in workload.spec.reserved_mounts:
            problem = (
                f"results in {path}, where technique {workload.technique} mounts files from"
                " Kubernetes Secrets"
            )
            yield Violation(("mount_path",), problem, "choose another path", "/mnt/secrets-store")


@rule(
    "scratch-beside-the-secrets",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
)
def scratch_folders_are_not_mounts_of_the_technique(workload: WorkloadSettings) -> Iterator[Violation]:
    """A scratch folder over the secrets would hide them; inside them Kubernetes cannot make one, since they
    are read-only.
    """
    mounts = sorted(reserved_names(workload).mounts)
    for index, path in enumerate(workload.scratch):
        for mount in mounts:
            if f"{path}/".startswith(f"{mount}/"):
                problem = f"{path!r} is inside {mount}, where technique {workload.technique} mounts its files"
                yield Violation(("scratch", index), problem, "choose another path", "/tmp")
