"""Rules for ``workloads[].access``: what each access mode needs."""

from collections.abc import Iterator

from components.workloads import Access
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import EXTERNAL_PRINCIPAL_ACCESS, WorkloadSettings
from stacks.settings.validation.registry import Violation, rule

_MODES = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/"


@rule("access-mode", WorkloadSettings, source=_MODES)
def access_modes_are_complete(workload: WorkloadSettings) -> Iterator[Violation]:
    """Each access mode has the keys that it needs, and no other."""
    access, principal = workload.access, workload.service_principal
    if access is Access.SYSTEM_ASSIGNED_VM:
        problem = "AKS node pools have no system-assigned identity"
        yield Violation(
            ("access",),
            problem,
            "choose workload-identity, or user-assigned-vm for the add-on's identity",
            "workload-identity",
        )
    if access is Access.SERVICE_PRINCIPAL and principal is None:
        yield Violation(
            ("service_principal",),
            "missing for access: service-principal",
            "set client_id, object_id and config_key",
        )
    if access is not Access.SERVICE_PRINCIPAL and principal is not None:
        yield Violation(
            ("service_principal",),
            f"has no effect with access: {access}",
            "remove it",
            remove=True,
        )
    if access in EXTERNAL_PRINCIPAL_ACCESS and workload.identity is not None:
        yield Violation(
            ("identity",),
            f"{workload.identity!r} has no effect with access: {access}: another identity reads the vault",
            "remove it",
            remove=True,
        )


@rule(
    "access-by-the-addon",
    Settings,
    source="https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access",
)
def user_assigned_vm_needs_the_addon(settings: Settings) -> Iterator[Violation]:
    """Only the AKS add-on assigns an identity to the nodes; the Helm charts do not."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        if (
            workload.access is Access.USER_ASSIGNED_VM
            and driver
            and driver.install is not CsiDriverInstall.ADDON
        ):
            problem = f"'user-assigned-vm' needs operators.csi_driver.install: addon (it is {driver.install})"
            yield Violation(
                ("workloads", index, "access"),
                problem,
                "the charts assign no identity to the nodes",
                "workload-identity",
            )


@rule(
    "service-principal-is-one",
    Settings,
    source="https://learn.microsoft.com/entra/identity-platform/app-objects-and-service-principals",
)
def a_service_principal_has_one_client_id(settings: Settings) -> Iterator[Violation]:
    """Workloads may share a service principal. Its client id is then the same in all of them."""
    clients: dict[str, str] = {}
    for index, workload in enumerate(settings.workloads):
        if principal := workload.service_principal:
            first = clients.setdefault(principal.object_id, principal.client_id)
            if first != principal.client_id:
                here = ("workloads", index, "service_principal", "client_id")
                yield Violation(
                    here, f"another workload has {first} for the same object id", "correct one of them"
                )


@rule("shared-identity-has-one-access", Settings, source=_MODES)
def workloads_of_an_identity_agree_on_access(settings: Settings) -> Iterator[Violation]:
    """Workloads that share an identity use the same access mode."""
    for index, workload in enumerate(settings.workloads):
        first = settings.workloads_by_identity[workload.identity_name][0].access
        if workload.identity is not None and workload.access is not first:
            problem = (
                f"'{workload.access}' differs from another workload of identity {workload.identity!r},"
                f" which has {first}"
            )
            yield Violation(
                ("workloads", index, "access"),
                problem,
                "use the same, or set another identity",
                first,
            )
