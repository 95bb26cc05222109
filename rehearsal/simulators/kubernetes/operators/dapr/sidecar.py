"""Dapr's sidecar: what it reads when it starts, what keeps it from running, what it knows later.

dapr/dapr v1.18.3: pkg/runtime/{config,runtime}.go, pkg/runtime/processor/{components,secret/secret}.go, pkg/operator/api/{components,
configurations}.go, pkg/config/configuration.go. Of components only secret stores are simulated; the others start well if their type
begins with a category that there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, SERVICE_ACCOUNT, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators import workload_identity
from rehearsal.simulators.kubernetes.operators.dapr import key_vault
from rehearsal.simulators.kubernetes.operators.dapr.installation import installed
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION, SIDECAR_STATE
from rehearsal.simulators.kubernetes.operators.dapr.webhook import sidecar_of

BUILT_IN: Final = "kubernetes"
_LEVELS: Final = ("debug", "info", "warn", "error", "fatal")
_CATEGORIES: Final = (
    *(
        "bindings",
        "pubsub",
        "secretstores",
        "state",
        "workflow",
        "workflowbackend",
        "middleware",
        "configuration",
    ),
    *("crypto", "lock", "nameresolution", "conversation"),
)
"""pkg/components/category.go"""
_STORES: Final = frozenset(
    # cmd/daprd/components/secretstores_*.go
    f"secretstores.{name}"
    for name in (
        *("alicloud.parameterstore", "aws.parameterstore", "aws.secretmanager", "azure.keyvault"),
        *(
            "gcp.secretmanager",
            "hashicorp.vault",
            "huaweicloud.csms",
            "kubernetes",
            "local.env",
            "local.file",
            "tencentcloud.ssm",
        ),
    )
)
_FIRST: Final = ("", "v0", "v1")
"""IsInitialVersion in pkg/components/versions.go"""


class DaprdError(Exception):
    """The last line of its log."""


def start(objects: ObjectStore, pod: Manifest) -> None:
    """It reads what there is; raises `DaprdError` if it ends."""
    if sidecar_of(pod) is None:
        return
    metadata = pod["metadata"]
    stop(objects, pod)
    known = _read(objects, pod)
    here = installed(objects)
    place = {"name": metadata["name"], "namespace": metadata["namespace"]}
    reloads = here is not None and here.reloads
    objects.put(
        {
            "apiVersion": SIDECAR_STATE.api_version,
            "kind": SIDECAR_STATE.name,
            "metadata": place,
            "reloads": reloads,
            **known,
        }
    )


def stop(objects: ObjectStore, pod: Manifest) -> None:
    objects.drop(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"])


def runs(objects: ObjectStore, pod: Manifest) -> bool:
    """Whether it started, and was not stopped since."""
    return objects.get(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"]) is not None


def known(objects: ObjectStore, pod: Manifest) -> Mapping[str, Any] | None:
    """What a sidecar knows now: since 1.18 what there is now, unless its Configuration switches that off, before that what there was
    when it started. None if it does not run; raises `DaprdError` if what it reads now has ended it.

    https://v1-18.docs.dapr.io/operations/configuration/hotreload/
    """
    found = objects.get(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"])
    if found is None:
        return None
    # Its news come from the operator.
    reloads = found["reloads"] and installed(objects) is not None
    for feature in mappings(mapping(found["configuration"]).get("features")):
        if feature.get("name") == "HotReload":
            reloads = bool(feature.get("enabled")) and installed(objects) is not None
    return _read(objects, pod) if reloads else found


def variables(pod: Manifest) -> dict[str, str]:
    return workload_identity.variables(sidecar_of(pod) or {})


def app_id(pod: Manifest) -> str:
    return str(_flag(pod, "--app-id") or "")


def _read(objects: ObjectStore, pod: Manifest) -> Manifest:
    level = str(_flag(pod, "--log-level"))
    # logger/options.go of github.com/dapr/kit v0.18.3
    if level.lower() not in _LEVELS and not is_sealed(level):
        raise DaprdError(f"invalid value for --log-level: {level}")
    configuration = _configuration(objects, pod["metadata"]["namespace"], _flag(pod, "--config"))
    built_in = "--disable-builtin-k8s-secret-store" not in (sidecar_of(pod) or {}).get("args", ())
    if built_in and not has_token(objects, pod):
        # dapr/docs#5014
        raise _failed(
            BUILT_IN,
            "secretstores.kubernetes/v1",
            "stat /home/nonroot/.kube/config: no such file or directory",
        )
    return {"configuration": configuration, "builtIn": built_in, "stores": _stores(objects, pod, built_in)}


def _configuration(objects: ObjectStore, namespace: str, name: str | None) -> Mapping[str, Any]:
    if not name or is_sealed(name):
        return {}
    found = objects.get(CONFIGURATION, namespace, name)
    if found is None:
        raise DaprdError(
            f"Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = error getting configuration "
            f'{namespace}/{name}: Configuration.dapr.io "{name}" not found'
        )
    spec, seen = mapping(found.get("spec")), set[str]()
    for scope in mappings(mapping(spec.get("secrets")).get("scopes")):
        store, default = str(scope.get("storeName", "")), str(scope.get("defaultAccess") or "")
        if store in seen:
            raise DaprdError(
                f"Fatal error from runtime: error loading configuration: {store} storeName is repeated in secrets configuration"
            )
        if default and default.lower() not in ("allow", "deny") and not is_sealed(default):
            raise DaprdError(
                f"Fatal error from runtime: error loading configuration: defaultAccess {default} can be either allow or deny"
            )
        seen.add(store)
    return spec


def has_token(objects: ObjectStore, pod: Manifest) -> bool:
    """https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting"""
    account = objects.get(SERVICE_ACCOUNT, pod["metadata"]["namespace"], account_of(pod)) or {}
    wanted = mapping(pod.get("spec")).get(
        "automountServiceAccountToken", account.get("automountServiceAccountToken")
    )
    return wanted is not False


def account_of(pod: Manifest) -> str:
    return str(mapping(pod.get("spec")).get("serviceAccountName") or "default")


def _stores(objects: ObjectStore, pod: Manifest, built_in: bool) -> dict[str, Any]:
    """Name → type and properties of each secret store that started."""
    namespace, own = pod["metadata"]["namespace"], app_id(pod)
    listed = [
        one for one in objects.all_of(COMPONENT, namespace) if not one.get("scopes") or own in one["scopes"]
    ]
    resolved = [(one, _properties(objects, one)) for one in listed]
    found: dict[str, Any] = (
        {BUILT_IN: {"type": "secretstores.kubernetes", "properties": {}}} if built_in else {}
    )
    # Secret stores come first (loadComponents).
    for component, properties in sorted(
        resolved, key=lambda one: not str(mapping(one[0].get("spec")).get("type")).startswith("secretstores.")
    ):
        name, spec = component["metadata"]["name"], mapping(component.get("spec"))
        kind, version = str(spec.get("type", "")), str(spec.get("version") or "")
        wanted = mapping(component.get("auth")).get("secretStore") or BUILT_IN
        refers = any(mapping(one.get("secretKeyRef")).get("name") for one in mappings(spec.get("metadata")))
        if refers and wanted != BUILT_IN and wanted not in found:
            continue  # it waits for that store
        try:
            if kind.split(".")[0] not in _CATEGORIES and not is_sealed(kind):
                raise DaprdError(
                    f"Fatal error from runtime: process component {name} error: incorrect type {kind}"
                )
            if built_in and name == BUILT_IN:
                # AddPendingComponentForCommit in pkg/runtime/compstore/components.go
                raise _failed(name, f"{kind}/{version}", f"component {name} already exists", again=False)
            if kind.startswith("secretstores."):
                _init(pod, name, kind, version, properties)
                found[name] = {"type": kind, "properties": properties}
        except DaprdError:
            if spec.get("ignoreErrors") is not True:
                raise
    return found


def _init(pod: Manifest, name: str, kind: str, version: str, properties: Mapping[str, str]) -> None:
    shown = f"{kind}/{version}"
    if kind.lower() not in _STORES or version.lower() not in _FIRST:
        raise _failed(name, shown, f"couldn't find secret store {shown}", "CREATE_COMPONENT_FAILURE")
    if kind.lower() == key_vault.TYPE:
        try:
            key_vault.start(properties, variables(pod))
        except key_vault.InitError as error:
            raise _failed(name, shown, str(error)) from error


def _properties(objects: ObjectStore, component: Manifest) -> dict[str, str]:
    """Values of Kubernetes Secrets come from the operator, which needs no right of the pod (processComponentSecrets)."""
    metadata, spec = component["metadata"], mapping(component.get("spec"))
    found: dict[str, str] = {}
    for one in mappings(spec.get("metadata")):
        name, reference, value = (
            str(one.get("name", "")).lower(),
            mapping(one.get("secretKeyRef")),
            one.get("value"),
        )
        if secret := reference.get("name"):
            value = None
            if (mapping(component.get("auth")).get("secretStore") or BUILT_IN) == BUILT_IN:
                there = objects.get(SECRET, metadata["namespace"], str(secret))
                if there is None:
                    raise DaprdError(
                        f'Fatal error from runtime: failed to load components: rpc error: code = Unknown desc = Secret "{secret}" not found'
                    )
                if str(reference.get("key") or secret) not in {
                    **mapping(there.get("data")),
                    **mapping(there.get("stringData")),
                }:
                    continue
            value = objects.world.keyed_hash([metadata["namespace"], secret, reference.get("key")])
        if value is not None:
            found[name] = value if isinstance(value, str) else str(value)
    return found


def _failed(
    name: str, shown: str, why: str, kind: str = "INIT_COMPONENT_FAILURE", *, again: bool = True
) -> DaprdError:
    """What a store itself has against it is said twice, as dapr/dapr#7682 shows."""
    occurred = f"initialization error occurred for {name} ({shown})"
    inner = f"[{kind}]: {occurred}: " if again else ""
    return DaprdError(
        f"Fatal error from runtime: process component {name} error: [INIT_COMPONENT_FAILURE]: {occurred}: {inner}{why}"
    )


def _flag(pod: Manifest, name: str) -> str | None:
    arguments = list((sidecar_of(pod) or {}).get("args") or ())
    return arguments[arguments.index(name) + 1] if name in arguments else None
