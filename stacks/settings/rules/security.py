"""Rules for ``workloads[].security``, and for what ``overrides`` may change about it."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.workloads.pod import Security, WorkloadKind
from stacks.settings.model.pods import PodSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides_shape import template_path
from stacks.settings.types.manifests import Keys, containers, value_at
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"


@rule("security-has-a-reason", PodSettings, source=_STANDARDS)
def baseline_security_has_a_reason(pod: PodSettings) -> Iterator[Violation]:
    """A reviewer of the stack file has to see why the image needs it."""
    reason = (pod.security_reason or "").strip()
    if pod.security is Security.BASELINE and not reason:
        yield Violation(("security_reason",), "missing for security: baseline", "set why the image needs it")
    elif pod.security is Security.RESTRICTED and pod.security_reason is not None:
        yield Violation(
            ("security_reason",),
            f"has no effect with security: {pod.security}",
            "remove it, or change security",
            remove=True,
        )


@rule("restricted-is-not-root", PodSettings, source=f"{_STANDARDS}#restricted")
def restricted_is_not_root(pod: PodSettings) -> Iterator[Violation]:
    """User id 0 is root."""
    if pod.security is Security.RESTRICTED and pod.run_as_user == 0:
        yield Violation(
            ("run_as_user",),
            "0 is root, which security: restricted does not allow",
            "choose another user id",
            "65532",
        )


@rule(
    "override-weakens-security",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
)
def overrides_do_not_weaken_security(workload: WorkloadSettings) -> Iterator[Violation]:
    """``security: restricted`` holds for the workload's container, whatever the overrides are."""
    if workload.kind is WorkloadKind.NONE or workload.security is not Security.RESTRICTED:
        return
    at = (*template_path(workload.kind), "spec")
    spec = value_at(workload.overrides, at)
    places = [((), cast("Keys", spec))] if isinstance(spec, Mapping) else []
    places += [
        (place, container) for place, container in containers(spec) if container.get("name") == workload.name
    ]
    for place, holder in places:
        here = ("overrides", *at, *place, "securityContext")
        if "securityContext" in holder and (key := _weaker(holder["securityContext"])) is not None:
            remedy = "remove it, or set security: baseline with security_reason"
            yield Violation((*here, *key), "weakens security: restricted", remedy, remove=True)


def _weaker(context: Any) -> Path | None:
    """Path in a securityContext that weakens the restricted standard; empty: all of it. None: no path."""
    if not isinstance(context, Mapping):
        return ()
    context = cast("Keys", context)
    promised: dict[str, tuple[object, ...]] = {
        "runAsNonRoot": (True,),
        "allowPrivilegeEscalation": (False,),
        "privileged": (False,),
    }
    for key, kept in promised.items():
        if key in context and context[key] not in kept:
            return (key,)
    if context.get("runAsUser") == 0:
        return ("runAsUser",)
    if "seccompProfile" in context and value_at(context, ("seccompProfile", "type")) not in (
        "RuntimeDefault",
        "Localhost",
    ):
        return ("seccompProfile",)
    if "capabilities" in context:
        drop, add = value_at(context, ("capabilities", "drop")), value_at(context, ("capabilities", "add"))
        kept = "drop" not in cast("Keys", context["capabilities"] or {"drop": None}) or "ALL" in (drop or [])
        if not kept or set(cast("list[str]", add or [])) - {"NET_BIND_SERVICE"}:
            return ("capabilities",)
    return None
