"""Rules for the application routing add-on and the Ingresses that it serves."""

from collections.abc import Iterator

from components.key_vault.access_policies import Authorization
from components.workloads.ingress import secret_name
from components.workloads.pod import WorkloadKind
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.delivery import KubernetesSecretSettings
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import Path, set_command
from stacks.settings.validation.registry import Violation, rule

_PAGE = "https://learn.microsoft.com/azure/aks/app-routing-dns-ssl"


def _makes_cluster(settings: Settings) -> bool:
    """Whether the stack makes the cluster; otherwise the preflight asks Azure."""
    return settings.composition is not Composition.WORKLOADS and settings.cluster.existing is None


@rule("ingress-has-its-controller", Settings, source=f"{_PAGE}#prerequisites")
def ingresses_have_a_controller(settings: Settings) -> Iterator[Violation]:
    """An Ingress of a class that no controller serves is never reached."""
    routing = settings.cluster.app_routing
    for index, _ in settings.ingresses if _makes_cluster(settings) else ():
        if routing is None or not routing.enabled:
            yield Violation(
                ("workloads", index, "service", "ingress"),
                "needs the application routing add-on, which serves it",
                "turn it on",
                command=set_command(("cluster", "app_routing", "enabled"), "true"),
            )


@rule("ingress-certificate-is-synced", Settings, source=f"{_PAGE}#enable-azure-key-vault-integration")
def certificates_reach_the_cluster(settings: Settings) -> Iterator[Violation]:
    """The add-on reads certificates by a SecretProviderClass, which the CSI add-on mounts."""
    driver = settings.operators.csi_driver
    for index, _ in settings.ingresses if _makes_cluster(settings) else ():
        if driver is None or driver.install is not CsiDriverInstall.ADDON:
            yield Violation(
                ("workloads", index, "service", "ingress", "certificate"),
                "needs operators.csi_driver with install: addon, by which the add-on reads the vault",
                "configure it",
                command=set_command(("operators", "csi_driver", "install"), "addon"),
            )


@rule(
    "ingress-vault-uses-rbac",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
)
def certificates_are_in_vaults_with_rbac(settings: Settings) -> Iterator[Violation]:
    """The add-on's identity gets a role at the certificate, which a vault with access policies ignores."""
    by_policy = {
        label for _, label, vault in settings.all_vaults if vault.authorization is Authorization.ACCESS_POLICY
    }
    for index, ingress in settings.ingresses:
        if ingress.vault in by_policy:
            yield Violation(
                ("workloads", index, "service", "ingress", "certificate"),
                "is in a vault with access policies, which ignores the role of the add-on's identity",
                "move the vault to RBAC as docs/migrations.md describes, or name one with RBAC",
            )


@rule(
    "ingress-host-and-path-differ",
    Settings,
    source="https://kubernetes.github.io/ingress-nginx/how-it-works/",
)
def hosts_and_paths_differ(settings: Settings) -> Iterator[Violation]:
    """The controller serves only the older one of two Ingresses with one host and path."""
    named: dict[tuple[str, str], str] = {}
    for index, ingress in settings.ingresses:
        other = named.setdefault((ingress.host, ingress.path), settings.workloads[index].name)
        if other != settings.workloads[index].name:
            yield Violation(
                ("workloads", index, "service", "ingress", "host"),
                f"{ingress.host!r} with path {ingress.path!r} is also that of workload {other!r}",
                "choose another host or path",
            )


@rule("ingress-secret-is-the-addons", Settings, source=f"{_PAGE}: secretName is keyvault-<Ingress>")
def names_of_the_addon_are_free(settings: Settings) -> Iterator[Violation]:
    """The add-on makes a Secret, a SecretProviderClass and a Deployment of this name, and would write over
    another.
    """
    names = {
        (settings.workloads[index].namespace, secret_name(settings.workloads[index].name)): index
        for index, _ in settings.ingresses
    }
    for index, workload in enumerate(settings.workloads):
        for at, name in _names_beside_the_addons(workload):
            if (owner := names.get((workload.namespace, name))) is not None:
                yield Violation(
                    ("workloads", index, *at),
                    f"{name!r} is the name of what the application routing add-on makes for the Ingress of"
                    f" {settings.workloads[owner].name!r}",
                    "choose another name",
                )


def _names_beside_the_addons(workload: WorkloadSettings) -> Iterator[tuple[Path, str]]:
    """Names of the kinds of objects that the add-on makes: Secrets, SecretProviderClasses, Deployments."""
    for at, name, entry in workload.labelled_secrets:
        yield (
            (*at, "name") if isinstance(entry, KubernetesSecretSettings) else (*at, "kubernetes_secret"),
            name,
        )
    if workload.kind is WorkloadKind.DEPLOYMENT or workload.spec.volume_by_vault:
        yield ("name",), workload.name
