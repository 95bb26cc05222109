"""Rules for ``workloads[].kept_secrets``: Kubernetes Secrets that an earlier release named."""

from collections.abc import Iterator

from stacks.settings.model.workloads import ANY_KEY, WorkloadSettings, is_earlier_name, kept_keys
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_PAGE = "docs/upgrading.md#names-of-kubernetes-secrets"


@rule("kept-secret-is-of-an-earlier-release", WorkloadSettings, source=_PAGE)
def kept_secrets_have_names_of_earlier_releases(workload: WorkloadSettings) -> Iterator[Violation]:
    """A name that a user chooses belongs to the value: ``kubernetes_secret.name``."""
    groups = [workload.secret_group(vault) for vault in workload.vaults]
    for name in workload.kept_secrets or {}:
        if workload.spec.secret_per_value and not any(is_earlier_name(name, group) for group in groups):
            problem = (
                f"is not a name that a release up to 0.1.0 gave: {join_or(groups)},"
                " a hyphen and 6 hexadecimal digits"
            )
            yield Violation(
                ("kept_secrets", name),
                problem,
                "set kubernetes_secret.name of each value instead",
                remove=True,
            )


@rule("kept-secret-has-its-keys", WorkloadSettings, source=_PAGE)
def kept_keys_belong_to_listed_values(workload: WorkloadSettings) -> Iterator[Violation]:
    """A misspelled key would move its value to another Secret."""
    listed = {
        key
        for _, value in workload.delivered_values
        if workload.uses_kubernetes_secret(value)
        for key in kept_keys(value, workload.secret_key_ref(value))
    }
    listed |= {ANY_KEY for find in workload.find if not find.kubernetes_secret}
    for name, keys in (workload.kept_secrets or {}).items():
        for index, key in enumerate(keys):
            if workload.spec.secret_per_value and key not in listed:
                problem = f"{key!r} is not a key of the workload's values"
                remedy = f"choose {join_or(sorted(listed))}" if listed else "remove it"
                yield Violation(("kept_secrets", name, index), problem, remedy)
