"""Rules for the modes of files with values: the process in the container can read them."""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import Capability, WorkloadKind
from components.workloads.pod import OperatingSystem, Security
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides import template_path
from stacks.settings.types.manifests import value_at
from stacks.settings.validation.registry import Violation, rule

_PRIVATE = (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)


def _is_closed(workload: WorkloadSettings, mode: str) -> bool:
    """Whether a file of root with this mode is unreadable for the workload's process."""
    not_root = workload.security is Security.RESTRICTED or bool(workload.run_as_user)
    return workload.kind is not WorkloadKind.NONE and not_root and not int(mode[-1]) & 4


@rule(
    "secret-file-is-readable",
    WorkloadSettings,
    source=(
        "https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/858: files belong to root,"
        " whatever fsGroup says"
    ),
)
def files_are_readable(workload: WorkloadSettings) -> Iterator[Violation]:
    """Mounted files belong to root, so a container that is never root reads only files that everyone can
    read.
    """
    if Capability.PERMISSION not in workload.spec.capabilities:
        return
    for index, secret in enumerate(workload.secrets):
        if not secret.permission or not _is_closed(workload, secret.permission):
            continue
        path = ("secrets", index, "permission")
        problem = f"{secret.permission} lets only root read the file, and the container does not run as root"
        if secret.type in _PRIVATE:
            yield Violation(
                path,
                problem,
                "remove it, and read the file of a Kubernetes Secret: kubernetes_secret with mount, mode and"
                " a group",
                command="docs/techniques.md#a-key-that-only-its-server-reads",
            )
        else:
            yield Violation(path, problem, "let everyone read it", "0444")


@rule(
    "secret-mode-has-a-file",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/storage/volumes/#secret",
)
def modes_have_a_file(workload: WorkloadSettings) -> Iterator[Violation]:
    """A mode belongs to a file that is mounted from the Kubernetes Secret."""
    for where, value in workload.delivered_values:
        target = value.kubernetes_secret
        if target is None or target.mode is None:
            continue
        path = (*where, "kubernetes_secret", "mode")
        if value.file is None:
            yield Violation(path, "has no effect: no file comes from the Secret", "set file", remove=True)
        elif not workload.spec.uses_kubernetes_secrets and not target.mount:
            yield Violation(
                path,
                "has no effect: with this technique the file comes from the vault",
                "set mount: true, or permission",
                remove=True,
            )


@rule(
    "secret-mode-has-a-group",
    WorkloadSettings,
    source="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod",
)
def modes_let_the_process_read(workload: WorkloadSettings) -> Iterator[Violation]:
    """A file of a Kubernetes Secret belongs to root, and to the group fsGroup, which may read it."""
    in_overrides = (*template_path(workload.kind), "spec", "securityContext", "fsGroup")
    group = value_at(workload.overrides, in_overrides) if workload.fs_group is None else workload.fs_group
    if group is not None or workload.os is OperatingSystem.WINDOWS:
        return
    for where, value in workload.delivered_values:
        target = value.kubernetes_secret
        if target and target.mode and value.file and _is_closed(workload, target.mode):
            yield Violation(
                ("fs_group",),
                f"missing, so only root can read the file of {where[0]}[{where[1]}], which has mode"
                f" {target.mode}",
                "set a group, which Kubernetes gives to the process and to the file",
                str(workload.run_as_user or 65532),
            )
            return
