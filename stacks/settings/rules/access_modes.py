"""Rules for ``workloads[].access``: what each access mode needs."""

from collections.abc import Iterator

from components.operators import csi_driver
from components.workloads import TRUSTED_ACCESS, WORKLOADS, Access, Technique
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import EXTERNAL_PRINCIPAL_ACCESS, WorkloadSettings
from stacks.settings.rules.operators import version_numbers
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_BINDINGS = "https://learn.microsoft.com/azure/aks/identity-bindings-concepts"
_PROXY_SINCE = "1.8.1"
"""Version of the CSI driver's Azure provider that knows ``useAzureTokenProxy``."""
_MODES = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/"


@rule(
    "access-of-the-technique",
    WorkloadSettings,
    source=f"{_BINDINGS}#use-identity-bindings-with-azure-identity-client-libraries; each technique's spec",
)
def techniques_read_by_the_access_mode(workload: WorkloadSettings) -> Iterator[Violation]:
    """The reader of the vault signs in by the access mode, or the key would have no effect."""
    spec, access = workload.spec, workload.access
    if "access" not in workload.model_fields_set or access in spec.access_modes:
        return
    able = [name.value for name in Technique if access in WORKLOADS[name].spec.access_modes]
    problem = f"technique {workload.technique} does not support it: {spec.description}"
    if why := spec.access_limitations.get(access):
        problem = f"'{access}' does not work with technique {workload.technique}: {why}"
    yield Violation(("access",), problem, f"remove it, or choose {join_or(able)}", remove=True)


@rule("former-access", WorkloadSettings, source=_BINDINGS)
def former_access_is_the_other_way(workload: WorkloadSettings) -> Iterator[Violation]:
    """A workload changes between two ways to trust its ServiceAccount, which work side by side."""
    former, access = workload.former_access, workload.access
    if former is None:
        return
    if access not in TRUSTED_ACCESS or former not in TRUSTED_ACCESS or former is access:
        others = [mode.value for mode in TRUSTED_ACCESS if mode is not access]
        yield Violation(
            ("former_access",),
            f"'{former}' does not work beside access: {access}",
            "remove it" if access not in TRUSTED_ACCESS else f"remove it, or choose {join_or(others)}",
            remove=True,
        )
    elif former not in workload.spec.access_modes:
        why = workload.spec.access_limitations.get(former, workload.spec.description)
        problem = f"'{former}' does not work with technique {workload.technique}: {why}"
        yield Violation(("former_access",), problem, "remove it", remove=True)


@rule(
    "identity-binding-by-the-driver",
    Settings,
    source=(
        "https://github.com/Azure/secrets-store-csi-driver-provider-azure/releases/tag/v1.8.1; parts/common/"
        "components.json of https://github.com/Azure/AgentBaker in August 2026 (provider-azure v1.7.2)"
    ),
)
def identity_bindings_need_a_provider_with_the_token_proxy(settings: Settings) -> Iterator[Violation]:
    """An older provider ignores ``useAzureTokenProxy``, and asks Entra for a credential that is not there."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        if (
            driver is None
            or not workload.signs_in_by(Access.IDENTITY_BINDING)
            or workload.spec.operator is not driver.operator
        ):
            continue
        where = ("workloads", index, "access")
        if driver.install is CsiDriverInstall.ADDON:
            yield Violation(
                where,
                "'identity-binding' does not work with operators.csi_driver.install: addon: it needs provider"
                f" {_PROXY_SINCE}, and AKS' node images of August 2026 bring 1.7.2",
                "choose workload-identity, or install: helm; existing is for an add-on that is newer",
                "workload-identity",
            )
        elif driver.install is CsiDriverInstall.HELM and version_numbers(driver.version) < version_numbers(
            _PROXY_SINCE
        ):
            yield Violation(
                ("operators", "csi_driver", "version"),
                f"{driver.version!r} is too old for access: identity-binding of workload {workload.name!r}",
                f"choose {_PROXY_SINCE} or newer",
                csi_driver.CHART.version,
            )


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
            problem = f"'user-assigned-vm' needs operators.csi_driver.install: addon, not {driver.install}"
            yield Violation(
                ("workloads", index, "access"),
                problem,
                "choose another mode: only the add-on assigns an identity to the nodes",
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
    """Workloads that share an identity use the same access mode, but for credential and binding: both may
    stand on one identity.
    """
    for index, workload in enumerate(settings.workloads):
        first = settings.workloads_by_identity[workload.identity_name][0].access
        both_trust = first in TRUSTED_ACCESS and workload.access in TRUSTED_ACCESS
        if workload.identity is not None and workload.access is not first and not both_trust:
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
