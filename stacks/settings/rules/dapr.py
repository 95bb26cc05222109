"""Rules for ``workloads[].dapr``: app ids and secret stores."""

from collections.abc import Iterator

from components.workloads import Capability
from components.workloads.techniques.dapr import BUILT_IN_STORE
from components.workloads.vault_objects import qualified_name
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.registry import Violation, rule


def _is_of_dapr(workload: WorkloadSettings) -> bool:
    return Capability.DAPR in workload.spec.capabilities


@rule(
    "dapr-app-id-of-a-long-name",
    WorkloadSettings,
    source="https://github.com/dapr/dapr/blob/v1.18.3/pkg/validation/validation.go",
)
def app_ids_leave_room_for_the_suffix(workload: WorkloadSettings) -> Iterator[Violation]:
    """The sidecar's Service has the name <app id>-dapr, with at most 63 characters."""
    if _is_of_dapr(workload) and workload.dapr.app_id is None and len(workload.name) > 58:
        problem = f"missing, but the workload's name, its default, has {len(workload.name)} characters"
        yield Violation(("dapr", "app_id"), problem, "set an app id of at most 58 characters", "orders")


@rule("dapr-names-differ", Settings, source="https://docs.dapr.io/concepts/terminology/")
def apps_and_stores_of_a_namespace_differ(settings: Settings) -> Iterator[Violation]:
    """Two applications with one app id are the same to Dapr: each would get the other's secrets. Several may
    have one store, which is of one vault.
    """
    apps: set[tuple[str, str]] = set()
    stores: dict[tuple[str, str], str | None] = {}
    named = {
        (workload.namespace, workload.name): workload
        for workload in settings.workloads
        if _is_of_dapr(workload)
    }
    for index, workload in enumerate(settings.workloads):
        if not _is_of_dapr(workload):
            continue
        if (workload.namespace, workload.dapr_app_id) in apps:
            problem = (
                f"{workload.dapr_app_id!r} belongs to another workload of namespace {workload.namespace!r}"
            )
            yield Violation(
                ("workloads", index, "dapr", "app_id"), problem, "choose another name", workload.name
            )
        apps.add((workload.namespace, workload.dapr_app_id))
        for vault in workload.vaults:
            store = qualified_name(workload.dapr_store, vault)
            if stores.setdefault((workload.namespace, store), vault) != vault:
                problem = f"{store!r} is the store of another vault in namespace {workload.namespace!r}"
                yield Violation(
                    ("workloads", index, "dapr", "store"), problem, "choose another name", workload.name
                )
        other = named.get((workload.namespace, workload.dapr_app_id), workload)
        if other is not workload and other.dapr_app_id != workload.dapr_app_id:
            # Each workload has one Configuration under its name and one under its app id
            # (components/workloads/techniques/dapr.py).
            problem = (
                f"{workload.dapr_app_id!r} is the name of another workload of namespace"
                f" {workload.namespace!r}"
            )
            yield Violation(
                ("workloads", index, "dapr", "app_id"), problem, "choose another name", workload.name
            )
        if workload.dapr_store == BUILT_IN_STORE:
            yield Violation(
                ("workloads", index, "dapr", "store"),
                f"{BUILT_IN_STORE!r} is Dapr's built-in store",
                "choose another name",
                "key-vault",
            )
