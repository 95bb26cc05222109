"""Warnings about workloads."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.key_vault.secrets import Manage
from components.workloads import Access, WorkloadKind
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.model.secrets import SecretSource
from stacks.settings.rules.key_names import key_of, known_matches
from stacks.settings.types.manifests import value_at
from stacks.settings.validation.problems import set_command
from stacks.settings.validation.registry import Violation

_LOOKS_SECRET = re.compile(
    r"(?i)(password|passwd|secret|token|api_?key|connection_?string)(?!.*(file|path|name|url)$)"
)
_IDENTITY_ACCESS = "https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access"
_RUNS = {WorkloadKind.CRON_JOB: "each run", WorkloadKind.JOB: "a retry"}


@warning("pod-identity-is-retired", "https://learn.microsoft.com/azure/aks/use-azure-ad-pod-identity")
def no_workload_uses_pod_identity(lookup: Lookup) -> Iterator[Violation]:
    """Microsoft archived AAD Pod Identity in September 2023."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.access is Access.POD_IDENTITY:
            yield Violation(
                ("workloads", index, "access"),
                "pod-identity is AAD Pod Identity, which is retired and gets no more fixes",
                "move to workload-identity as docs/migrations.md#aad-pod-identity--workload-identity"
                " describes",
            )


@warning("identity-of-the-nodes", _IDENTITY_ACCESS)
def no_workload_uses_the_identity_of_the_nodes(lookup: Lookup) -> Iterator[Violation]:
    """The identity belongs to the virtual machine scale set."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.access is Access.USER_ASSIGNED_VM:
            yield Violation(
                ("workloads", index, "access"),
                "with user-assigned-vm every pod on every node can use the add-on's identity",
                "prefer workload-identity",
                "workload-identity",
            )


@warning("client-secret", _IDENTITY_ACCESS)
def no_workload_uses_a_client_secret(lookup: Lookup) -> Iterator[Violation]:
    """A client secret has an end date."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.access is Access.SERVICE_PRINCIPAL:
            yield Violation(
                ("workloads", index, "access"),
                "with service-principal a Kubernetes Secret holds a client secret, which expires",
                "prefer workload-identity, which has none, and remove service_principal",
            )


@warning("values-in-the-cluster", "https://kubernetes.io/docs/concepts/security/secrets-good-practices/")
def no_technique_copies_values_into_the_cluster(lookup: Lookup) -> Iterator[Violation]:
    """The technique writes the values themselves into Kubernetes Secrets."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.spec.writes_values:
            yield Violation(
                ("workloads", index, "technique"),
                f"with {workload.technique} etcd keeps the values, and everyone who may read Secrets or"
                " create pods"
                f" in namespace {workload.namespace!r} can read them",
                "prefer another technique, or limit those rights (docs/security.md)",
            )


@warning("values-in-two-places", "our own choice: the cluster and the vault hold the same value")
def values_of_cluster_and_vault_agree(lookup: Lookup) -> Iterator[Violation]:
    """With `manage: once` a change of the value reaches only the Kubernetes Secret."""
    for index, workload in enumerate(lookup.settings.workloads):
        for place, secret in enumerate(workload.secrets):
            from_stack = secret.copied or secret.source in (SecretSource.LITERAL, SecretSource.CONFIG)
            if workload.spec.writes_values and from_stack and secret.management is Manage.ONCE:
                yield Violation(
                    ("workloads", index, "secrets", place, "manage"),
                    "with once a changed value in the stack reaches the cluster but not the vault",
                    "choose always",
                    "always",
                )


@warning("rotation-reaches-jobs", "https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/1288")
def rotation_reaches_jobs(lookup: Lookup) -> Iterator[Violation]:
    """Finished Jobs own the Secret, so it stays, and the driver rotates it for running pods only."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.kind not in _RUNS or not workload.spec.secrets_follow_running_pods:
            continue
        if any(workload.uses_kubernetes_secret(secret) for secret in workload.secrets) and not _keeps_no_job(
            workload.overrides
        ):
            ways = "read files, choose eso or sdk"
            if workload.kind is WorkloadKind.CRON_JOB:
                ways = "read files, choose eso or sdk, or keep no finished Job by overrides"
            yield Violation(
                ("workloads", index, "kind"),
                f"{workload.kind}: {_RUNS[workload.kind]} reads the value of the run before from a"
                " Kubernetes Secret, which csi writes anew only while a pod runs",
                ways,
                command="docs/rotation.md#csi-jobs-and-cronjobs",
            )


def _keeps_no_job(overrides: Mapping[str, Any]) -> bool:
    limits = ("successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    return all(value_at(overrides, ("spec", limit)) == 0 for limit in limits)


@warning("image-is-pinned", "https://kubernetes.io/docs/concepts/containers/images/#image-names")
def images_are_pinned(lookup: Lookup) -> Iterator[Violation]:
    """A node pulls the image that the tag names at that moment."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.image and workload.image.endswith(":latest"):
            yield Violation(
                ("workloads", index, "image"),
                "tag latest can be another image at the next start of a pod",
                "use a digest, name@sha256:…, which never changes",
            )


@warning(
    "stateful-set-has-a-service",
    "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations",
)
def stateful_sets_have_a_service(lookup: Lookup) -> Iterator[Violation]:
    """The Service gives each pod a DNS name of its own."""
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.kind is WorkloadKind.STATEFUL_SET and workload.service is None:
            path = ("workloads", index, "service")
            yield Violation(
                path,
                "a StatefulSet needs a Headless Service for stable pod DNS names",
                "set service.type: Headless",
                command=set_command((*path, "type"), "Headless"),
            )


@warning("secret-in-env", "https://www.pulumi.com/docs/iac/concepts/secrets/")
def no_plain_variable_looks_like_a_secret(lookup: Lookup) -> Iterator[Violation]:
    """The stack file, the state and the pod show plain variables."""
    for index, workload in enumerate(lookup.settings.workloads):
        for name in workload.env:
            if _LOOKS_SECRET.search(name):
                yield Violation(
                    ("workloads", index, "env", name),
                    "has the name of a secret, and its value is in plain text in the stack file",
                    "list it in secrets if it is one",
                )


@warning(
    "variables-have-names",
    "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html (names of variables);"
    " https://github.com/Azure/get-keyvault-secrets/issues/12",
)
def variables_of_a_search_have_names(lookup: Lookup) -> Iterator[Violation]:
    """The only separator in the name of a vault's secret is a hyphen, which a shell cannot read in a name."""
    for index, workload in enumerate(lookup.settings.workloads):
        for position, find in enumerate(workload.find):
            prefix = re.sub(r"[^A-Za-z0-9-].*", "", (find.regexp or "").removeprefix("^"))
            names = [*known_matches(lookup.settings, find), f"{prefix}db-password"]
            keys = {name: key for name in names if "-" in (key := key_of(name, find) or "")}
            is_plain = find.regexp and _WITHOUT_HYPHEN.fullmatch(find.regexp)
            if find.env_from and keys and not is_plain:
                name, key = next(iter(keys.items()))
                yield Violation(
                    ("workloads", index, "find", position, "env_from"),
                    f"a secret such as {name!r} becomes the variable {key!r}, which a shell and many"
                    " frameworks cannot read",
                    "let the names become those of variables",
                    command=set_command(("workloads", index, "find", position, "variable_names"), "true"),
                )


_WITHOUT_HYPHEN = re.compile(r"\^[A-Za-z0-9_]*(?:\[(?:[A-Za-z0-9_]|[A-Za-z0-9]-[A-Za-z0-9])+\][+*]?)?\$")
"""Expressions that match no hyphen."""
