"""What a workload may ask of its technique, and what the technique needs: the rules that know techniques by their bundles alone."""

from collections import defaultdict
from collections.abc import Iterator

from components.operators import Operator
from components.roles import ObjectType
from components.workloads import WORKLOADS, Access, Kind, Technique, Way
from components.workloads.pod import Security
from stacks.settings.arrival import KubernetesSecretType, SecretFormat
from stacks.settings.operators import Install
from stacks.settings.rules import Found, Path, rule, set_command
from stacks.settings.secrets import SecretSettings
from stacks.settings.tree import Settings
from stacks.settings.workloads import BORROWED, WorkloadSettings

_USAGE = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"
_TECHNIQUES = "docs/techniques.md: what each technique can do"
_RELOADER = "https://github.com/stakater/Reloader#-how-it-works"
_OF_THE_WORKLOAD = (Way.MOUNT_PATH, Way.RELOAD, Way.ACCESS, Way.SERVICE_PRINCIPAL)


def _who_can(way: Way) -> str:
    able = [technique.value for technique in Technique if way in WORKLOADS[technique].can]
    return able[0] if len(able) == 1 else f"{', '.join(able[:-1])} or {able[-1]}"


@rule("technique-cannot", WorkloadSettings, source=_TECHNIQUES)
def techniques_are_asked_for_what_they_can(workload: WorkloadSettings) -> Iterator[Found]:
    """An environment variable that nobody fills would be an empty one."""
    able = WORKLOADS[workload.technique].can
    wrong = f"technique {workload.technique} cannot do that ({WORKLOADS[workload.technique].seen_by_pod})"
    for way in _OF_THE_WORKLOAD:
        if way.value in workload.model_fields_set and way not in able:
            yield Found((way.value,), wrong, f"take it out, or choose {_who_can(way)}", remove=True)
    for index, secret in enumerate(workload.secrets):
        for way in (way for way in Way if way not in _OF_THE_WORKLOAD):
            if way.value in secret.model_fields_set and way not in able:
                path = ("secrets", index, way.value)
                yield Found(path, wrong, f"take it out, or choose {_who_can(way)}", remove=True)


@rule("technique-delivers-a-list", WorkloadSettings, source=_TECHNIQUES)
def techniques_that_deliver_have_something_to(workload: WorkloadSettings) -> Iterator[Found]:
    """Only an application that asks by itself can do without a list."""
    if WORKLOADS[workload.technique].can and not workload.secrets:
        others = " or ".join(technique.value for technique in Technique if not WORKLOADS[technique].can)
        yield Found(
            ("secrets",), f"empty, and technique {workload.technique} delivers what stands there", f"list something, or choose {others}"
        )


@rule(
    "secret-files-differ",
    WorkloadSettings,
    source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/",
)
def files_of_a_workload_differ(workload: WorkloadSettings) -> Iterator[Found]:
    """Two objects in one file would be one of them. Without a file of its own an object is in the file of its name."""
    if Way.FILE not in WORKLOADS[workload.technique].can:
        return
    seen: set[str] = set()
    for index, secret in enumerate(workload.secrets):
        path = secret.file or secret.name
        if path in seen:
            yield Found(("secrets", index, "file"), f"another object is in {path!r}", "choose another file", f"{path}-{secret.type}")
        elif any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in seen):
            yield Found(("secrets", index, "file"), f"{path!r} is a file and a folder at once", "choose another file")
        seen.add(path)


@rule(
    "secret-variables-differ",
    WorkloadSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#envvar-v1-core",
)
def variables_of_a_workload_differ(workload: WorkloadSettings) -> Iterator[Found]:
    """A variable has one value."""
    seen = set(workload.env)
    for index, secret in enumerate(workload.secrets):
        if secret.env in seen:
            yield Found(("secrets", index, "env"), "another variable of the workload has that name", "choose another name")
        if secret.env:
            seen.add(secret.env)


@rule(
    "secret-file-is-readable",
    WorkloadSettings,
    source="https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/858: files belong to root, whatever fsGroup says",
)
def files_can_be_read(workload: WorkloadSettings) -> Iterator[Found]:
    """A container that is never root reads what everybody may read."""
    if Way.PERMISSION not in WORKLOADS[workload.technique].can:
        return
    for index, secret in enumerate(workload.secrets):
        runs = workload.kind is not Kind.NONE and workload.security is Security.RESTRICTED
        if runs and secret.permission and not int(secret.permission[-1]) & 4:
            wrong = f"{secret.permission}: the file belongs to root, and the container never is"
            yield Found(("secrets", index, "permission"), wrong, "let everybody read it", "'\"0444\"'")


@rule("kubernetes-secret-is-one", Settings, source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types")
def kubernetes_secrets_are_of_one_piece(settings: Settings) -> Iterator[Found]:
    """A Kubernetes Secret belongs to one workload, has one type, and each key in it one value."""
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            if secret.kubernetes_secret is None and not workload.in_kubernetes(secret):
                continue
            place = workload.kubernetes_secret_of(secret)
            here: Path = ("workloads", w, "secrets", s, "kubernetes_secret")
            where = (workload.namespace, place.secret)
            owner, kind = owners.setdefault(where, (workload.name, place.type))
            if owner != workload.name:
                yield Found((*here, "name"), "a Secret of that name belongs to another workload of the namespace", "choose another name")
            elif kind != place.type:
                yield Found((*here, "type"), f"another object of that Secret says {kind}", "say the same, or choose another name")
            elif keys[where] & set(place.keys):
                yield Found((*here, "key"), "another object of that Secret has that key", "choose another key")
            keys[where] |= set(place.keys)


@rule("value-is-known", Settings, source="docs/techniques.md#kubernetes-secret: the program writes the value, so it has to have it")
def values_that_the_program_writes_are_known(settings: Settings) -> Iterator[Found]:
    """Of an object that exists in the vault the program knows the name only."""
    seeded = {secret.name.lower() for secret in settings.seeded_secrets}
    for w, workload in enumerate(settings.workloads):
        if not WORKLOADS[workload.technique].writes_values:
            continue
        for s, secret in enumerate(workload.secrets):
            if secret.name.lower() not in seeded:
                wrong = f"existing, and technique {workload.technique} writes a value that the program knows"
                others = [technique.value for technique in Technique if not WORKLOADS[technique].writes_values]
                yield Found(("workloads", w, "secrets", s, "from"), wrong, f"seed it (random, config), or choose {' or '.join(others)}")


@rule("technique-needs-operator", Settings, source=_TECHNIQUES)
def techniques_have_their_operators(settings: Settings) -> Iterator[Found]:
    """A custom resource that nobody serves is refused by the cluster."""
    for index, workload in enumerate(settings.workloads):
        needed = WORKLOADS[workload.technique].needs
        if needed and getattr(settings.operators, needed.value) is None:
            wrong = f"{workload.technique}, and operators.{needed} is not there"
            command = set_command(("operators", needed.value, "install"), Install.ADDON)
            yield Found(("workloads", index, "technique"), wrong, "say how it gets into the cluster", command=command)
            return


_RELOADED = (Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET)


@rule("reload-can-work", Settings, source=_RELOADER)
def reloads_can_work(settings: Settings) -> Iterator[Found]:
    """Somebody has to watch, there has to be something to see, and pods to replace."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        here: Path = ("workloads", index, "reload")
        if not workload.reload or Way.RELOAD not in WORKLOADS[workload.technique].can:
            continue
        if settings.operators.reloader is None:
            command = set_command(("operators", "reloader", "namespace"), "reloader")
            yield Found(here, "true, and operators.reloader is not there to act on it", "add it", command=command)
        if workload.kind not in _RELOADED:
            kinds = ", ".join(_RELOADED)
            yield Found(here, f"true, and Reloader does not replace a {workload.kind}", f"take it out; it goes with {kinds}", remove=True)
        if WORKLOADS[workload.technique].needs is Operator.CSI_DRIVER and driver and not driver.rotation:
            yield Found(here, "true, and operators.csi_driver.rotation is off: no pod sees a new value", "switch one of them", "false")


_MODES = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/"


@rule("access-mode", WorkloadSettings, source=_MODES)
def ways_of_access_are_complete(workload: WorkloadSettings) -> Iterator[Found]:
    """What each way needs, and what it has no use for."""
    access, principal = workload.access, workload.service_principal
    if access is Access.SYSTEM_ASSIGNED_VM:
        wrong = "AKS node pools have no system-assigned identity"
        yield Found(("access",), wrong, "choose workload-identity, or user-assigned-vm for the add-on's identity", "workload-identity")
    if access is Access.SERVICE_PRINCIPAL and principal is None:
        yield Found(("service_principal",), "missing for access: service-principal", "say which one: client_id, object_id")
    if access is not Access.SERVICE_PRINCIPAL and principal is not None:
        yield Found(("service_principal",), f"goes with access: service-principal, not with {access}", "take it out", remove=True)
    if access in BORROWED and workload.identity is not None:
        yield Found(("identity",), f"{workload.identity!r}, and with access: {access} another identity reads", "take it out", remove=True)


@rule("access-by-the-addon", Settings, source="https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access")
def the_addon_has_an_identity(settings: Settings) -> Iterator[Found]:
    """The identity on the nodes is the add-on's; the charts bring none."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        if workload.access is Access.USER_ASSIGNED_VM and driver and driver.install is not Install.ADDON:
            wrong = f"user-assigned-vm, and operators.csi_driver.install is {driver.install}"
            yield Found(("workloads", index, "access"), wrong, "only the add-on puts an identity on the nodes", "workload-identity")


_OF_A_SECRET = (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)


@rule("written-as-a-secret", SecretSettings, source=_USAGE)
def only_secrets_have_a_format(secret: SecretSettings) -> Iterator[Found]:
    """Keys and bare certificates are always written as PEM."""
    if secret.type in _OF_A_SECRET:
        return
    for key, value in (("format", secret.format), ("encoding", secret.encoding)):
        if value is not None:
            yield Found((key,), f"a {secret.type} has none", "take it out: it goes with secret and cert-key-pair")


@rule("tls-secret-is-a-certificate", SecretSettings, source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets")
def tls_secrets_are_made_of_certificates(secret: SecretSettings) -> Iterator[Found]:
    """One certificate fills both keys, and neither is a variable's value."""
    if secret.kubernetes_secret is None or secret.kubernetes_secret.type is not KubernetesSecretType.TLS:
        return
    if secret.type is not ObjectType.CERT_KEY_PAIR:
        yield Found(
            ("type",), f"a {secret.type}, and kubernetes.io/tls needs a certificate with its key", "choose cert-key-pair", "cert-key-pair"
        )
    if secret.format is SecretFormat.PFX:
        yield Found(("format",), "pfx, and tls.crt and tls.key are PEM", "take it out")
    if secret.kubernetes_secret.key is not None:
        yield Found(("kubernetes_secret", "key"), "kubernetes.io/tls has the keys tls.crt and tls.key", "take it out")
    if secret.env is not None:
        yield Found(("env",), "kubernetes.io/tls has two keys, and a variable one value", "read the files instead")
