"""What a workload's ExternalSecrets and its Dapr application owe the rest of it, and other workloads."""

from collections.abc import Iterator

from components.roles import ObjectType
from components.workloads import WORKLOADS, CreationPolicy, RefreshPolicy, Way
from components.workloads.dapr import BUILT_IN_STORE
from components.workloads.wanted import TLS
from stacks.settings.rules import Found, Path, rule
from stacks.settings.secrets import SecretSettings
from stacks.settings.tree import Settings
from stacks.settings.workloads import Scope, WorkloadSettings

_API = "https://external-secrets.io/latest/api/externalsecret/"
_PROVIDER = "https://external-secrets.io/latest/provider/azure-key-vault/"


@rule("find-needs-list", WorkloadSettings, source=f"{_PROVIDER}; https://learn.microsoft.com/azure/key-vault/general/rbac-guide")
def whoever_looks_may_list(workload: WorkloadSettings) -> Iterator[Found]:
    """Listing is a right at the vault: a right at single secrets does not show which others there are."""
    for index, _ in enumerate(workload.find):
        if workload.scope is not Scope.VAULT:
            allowed = "say scope: vault, and it reads every secret of the vault; or list the secrets instead"
            yield Found(("find", index), f"scope is {workload.scope}, and to find secrets is to list them all", allowed)


@rule("json-is-a-secret", SecretSettings, source=f"{_PROVIDER}#object-types")
def only_secrets_hold_json(secret: SecretSettings) -> Iterator[Found]:
    """A key has its own form, and a certificate is no text."""
    for key, value in (("property", secret.property), ("extract", secret.extract)):
        if value and secret.type is not ObjectType.SECRET:
            yield Found((key,), f"a {secret.type} is no JSON", "take it out: it goes with secret", remove=True)


@rule("extract-has-no-place", SecretSettings, source="https://external-secrets.io/latest/guides/all-keys-one-secret/")
def what_is_extracted_has_no_single_place(secret: SecretSettings) -> Iterator[Found]:
    """Nobody knows beforehand which properties there are."""
    if secret.env_from and not secret.extract:
        yield Found(("env_from",), "goes with extract: true", "use env for a single value", remove=True)
    if not secret.extract:
        return
    for key in ("env", "file", "property"):
        if getattr(secret, key) is not None:
            yield Found((key,), "extract takes every property, under its own name", "take one of them out; property picks one", remove=True)
    if secret.kubernetes_secret and secret.kubernetes_secret.key:
        yield Found(("kubernetes_secret", "key"), "extract takes every property, under its own name", "take it out", remove=True)


@rule("composed-value-is-one", WorkloadSettings, source="https://external-secrets.io/latest/guides/templating/")
def composed_values_name_what_is_listed(workload: WorkloadSettings) -> Iterator[Found]:
    """A field that is not there is an error of the whole Kubernetes Secret."""
    if Way.COMPOSE not in WORKLOADS[workload.technique].can:
        return
    places = [workload.kubernetes_secret_of(secret) for secret in workload.secrets if not secret.extract]
    # What is extracted or found has names that nobody knows beforehand.
    open_ended = bool(workload.find) or any(secret.extract for secret in workload.secrets)
    for index, composed in enumerate(workload.compose):
        here, own = ("compose", index, "template"), workload.kubernetes_secret_of(composed)
        if own.type == TLS:
            yield Found(("compose", index, "kubernetes_secret", "type"), f"{TLS} is made of one certificate", "list that in secrets")
        repeated = sorted({place.key for place in places if sum(other.key == place.key for other in places) > 1})
        if composed.fields is None and repeated:
            wrong = f"it may name any of the workload's secrets, and {repeated[0]!r} is the key of several"
            yield Found(here, wrong, "give one of them another kubernetes_secret.key")
        for name in sorted(composed.fields or ()):
            secrets = [place.secret for place in places if place.key == name]
            if not secrets and not open_ended:
                known = ", ".join(sorted({place.key for place in places})) or "one of its secrets, once there are any"
                yield Found(here, f"it names {name!r}, which is no key of this workload's secrets", f"choose {known}")
            if len(secrets) > 1 and own.secret not in secrets:
                yield Found(
                    here, f"it names {name!r}, which several Kubernetes Secrets have", "give one of them another kubernetes_secret.key"
                )


@rule("secret-that-nobody-makes", WorkloadSettings, source=_API)
def pods_read_secrets_that_are_made(workload: WorkloadSettings) -> Iterator[Found]:
    """With creation_policy None there is no Kubernetes Secret, and a pod that reads one waits for ever."""
    if workload.external_secrets.creation_policy is not CreationPolicy.NONE:
        return
    read: list[Path] = [where for where, placed in workload.placed if placed.env or workload.file_of(placed)]
    read += [("secrets", index) for index, secret in enumerate(workload.secrets) if secret.env_from]
    read += [("find", index) for index, find in enumerate(workload.find) if find.env_from]
    for path in read:
        wrong = "the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made"
        yield Found(path, wrong, "choose Owner, or take it out")


@rule("reload-needs-refresh", WorkloadSettings, source=_API)
def reloads_have_something_to_see(workload: WorkloadSettings) -> Iterator[Found]:
    """A Secret that is written once never changes."""
    policy = workload.external_secrets.refresh_policy
    if workload.reload and Way.EXTERNAL_SECRETS.value in workload.model_fields_set and policy is not RefreshPolicy.PERIODIC:
        wrong = f"true, and external_secrets.refresh_policy is {policy}: no pod would see a new value"
        yield Found(("reload",), wrong, "choose Periodic, or switch reload off", "false")


# ------------------------------------------------------------------------------------------------------------------------- Dapr


def _is_of_dapr(workload: WorkloadSettings) -> bool:
    return Way.DAPR in WORKLOADS[workload.technique].can


@rule("dapr-app-id-of-a-long-name", WorkloadSettings, source="https://github.com/dapr/dapr/blob/v1.18.3/pkg/validation/validation.go")
def app_ids_leave_room_for_what_is_appended(workload: WorkloadSettings) -> Iterator[Found]:
    """The sidecar's Service is called like it, with -dapr behind it, in 63 characters."""
    if _is_of_dapr(workload) and workload.dapr.app_id is None and len(workload.name) > 58:
        wrong = f"missing, and the workload's name has {len(workload.name)} characters"
        yield Found(("dapr", "app_id"), wrong, "an app id has at most 58", "orders")


@rule("dapr-names-differ", Settings, source="https://docs.dapr.io/concepts/terminology/")
def apps_and_stores_of_a_namespace_differ(settings: Settings) -> Iterator[Found]:
    """Two applications of one id are one to Dapr: each would get the other's secrets."""
    seen: set[tuple[str, str, str]] = set()
    named = {(workload.namespace, workload.name): workload for workload in settings.workloads if _is_of_dapr(workload)}
    for index, workload in enumerate(settings.workloads):
        if not _is_of_dapr(workload):
            continue
        for key, name in (("app_id", workload.dapr_app_id), ("store", workload.dapr_store)):
            if (workload.namespace, key, name) in seen:
                wrong = f"another workload of namespace {workload.namespace!r} has {name!r}"
                yield Found(("workloads", index, "dapr", key), wrong, "choose another one", workload.name)
            seen.add((workload.namespace, key, name))
        other = named.get((workload.namespace, workload.dapr_app_id), workload)
        if other is not workload and other.dapr_app_id != workload.dapr_app_id:
            # Each has a Configuration under its name, and under its app id (components/workloads/dapr.py).
            wrong = f"{workload.dapr_app_id!r} is the name of another workload of namespace {workload.namespace!r}, with another app id"
            yield Found(("workloads", index, "dapr", "app_id"), wrong, "choose another one", workload.name)
        if workload.dapr_store == BUILT_IN_STORE:
            yield Found(
                ("workloads", index, "dapr", "store"), f"{BUILT_IN_STORE!r} is Dapr's own store", "choose another name", "key-vault"
            )
