"""Jobs and CronJobs: ValidateJob, validateJobSpec, ValidateCronJobCreate in kubernetes/kubernetes 1.36.3,
pkg/apis/batch/validation/validation.go. A Job's generated selector and labels are not simulated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    not_negative,
    number,
    one_of,
    required,
    text,
    too_long,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.owners.cron import schedule_failures
from rehearsal.simulators.kubernetes.apiserver.validation.owners.job_policies import (
    failure_policy_failures,
    success_policy_failures,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.spec import template_failures
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import (
    parses,
    selector_failures,
    selects,
)
from rehearsal.simulators.shape import Failure

_COUNTS: Final = (
    *("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"),
    *("backoffLimitPerIndex", "maxFailedIndexes"),
)
_MANY: Final = 100_000
_MANY_AT_ONCE: Final = 10_000
_LONGEST_MANAGER: Final = 63
_HTTP_PATH: Final = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"

Values = Mapping[str, Any]


def job(manifest: Values, minor: int) -> Iterator[Failure]:
    spec, name = mapping(manifest.get("spec")), text(mapping(manifest.get("metadata")), "name")
    yield from _job_spec(spec, "spec", minor)
    if spec.get("manualSelector") is True:
        yield from _manual_selector(spec)
    completions = number(spec, "completions") or 0
    if spec.get("completionMode") == "Indexed" and completions > 0:
        last = f"{name}-{completions - 1}"
        if any(content.label(last)):
            why = f"will not able to create pod with invalid DNS label: {last}"
            yield invalid("metadata.name", name, why)


def cron_job(manifest: Values, minor: int) -> Iterator[Failure]:
    return cron_job_failures(manifest, minor, {})


def cron_job_failures(manifest: Values, minor: int, old: Values) -> Iterator[Failure]:
    """Problems of a CronJob; `old` is its spec before an update."""
    spec = mapping(manifest.get("spec"))
    yield from schedule_failures(spec, old)
    yield from not_negative(spec, "spec", "startingDeadlineSeconds")
    yield from one_of(spec, "concurrencyPolicy", "spec", ("Allow", "Forbid", "Replace"))
    inner, path = mapping(mapping(spec.get("jobTemplate")).get("spec")), "spec.jobTemplate.spec"
    yield from _job_spec(inner, path, minor)
    if (selector := inner.get("selector")) is not None:
        yield invalid(f"{path}.selector", selector, "`selector` will be auto-generated")
    if inner.get("manualSelector") is True:
        yield unsupported(f"{path}.manualSelector", True, ("nil", "false"))
    yield from not_negative(spec, "spec", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")


def _manual_selector(spec: Values) -> Iterator[Failure]:
    if (selector := spec.get("selector")) is None:
        yield required("spec.selector")
        return
    yield from selector_failures(selector, "spec.selector")
    labels = mapping(mapping(spec.get("template")).get("metadata")).get("labels")
    if parses(selector) and not selects(mapping(selector), mapping(labels)):
        why = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", labels, why)


def _job_spec(spec: Values, path: str, minor: int) -> Iterator[Failure]:
    yield from not_negative(spec, path, *_COUNTS)
    most_failed, per_index = number(spec, "maxFailedIndexes"), number(spec, "backoffLimitPerIndex")
    if most_failed is not None and per_index is None:
        yield required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    yield from _manager(spec, path)
    mode = spec.get("completionMode", "NonIndexed")
    if mode not in ("NonIndexed", "Indexed"):
        yield unsupported(f"{path}.completionMode", mode, ("NonIndexed", "Indexed"))
    if mode == "Indexed":
        yield from _indexed(spec, path)
    elif mode == "NonIndexed":
        for name, value in (("backoffLimitPerIndex", per_index), ("maxFailedIndexes", most_failed)):
            if value is not None:
                yield invalid(f"{path}.{name}", value, "requires indexed completion mode")
    policy = spec.get("podFailurePolicy")
    if isinstance(policy, Mapping):
        yield from failure_policy_failures(spec, f"{path}.podFailurePolicy")
    if (success := spec.get("successPolicy")) is not None:
        if mode != "Indexed":
            yield invalid(f"{path}.successPolicy", success, "requires indexed completion mode")
        else:
            yield from success_policy_failures(spec, f"{path}.successPolicy")
    if (replacement := spec.get("podReplacementPolicy")) is not None:
        known = ("Failed",) if policy is not None else ("Failed", "TerminatingOrFailed")
        if replacement not in known:
            yield unsupported(f"{path}.podReplacementPolicy", replacement, known)
    yield from template_failures(mapping(spec.get("template")), f"{path}.template", minor)
    restart = mapping(mapping(spec.get("template")).get("spec")).get("restartPolicy")
    place = f"{path}.template.spec.restartPolicy"
    if restart == "Always":
        yield required(place, 'valid values: "OnFailure", "Never"')
    elif restart not in ("OnFailure", "Never"):
        yield unsupported(place, restart, ("OnFailure", "Never"))
    elif policy is not None and restart != "Never":
        yield invalid(place, restart, 'only "Never" is supported when podFailurePolicy is specified')


def _indexed(spec: Values, path: str) -> Iterator[Failure]:
    completions, parallel, failed = (
        number(spec, name) for name in ("completions", "parallelism", "maxFailedIndexes")
    )
    if completions is None:
        yield required(f"{path}.completions", "when completion mode is Indexed")
    if parallel is not None and parallel > _MANY:
        why = f"must be less than or equal to {_MANY} when completion mode is Indexed"
        yield invalid(f"{path}.parallelism", parallel, why)
    if completions is not None and failed is not None and failed > completions:
        yield invalid(f"{path}.maxFailedIndexes", failed, "must be less than or equal to completions")
    if failed is not None and failed > _MANY:
        yield invalid(f"{path}.maxFailedIndexes", failed, f"must be less than or equal to {_MANY}")
    if completions is None or completions <= _MANY or number(spec, "backoffLimitPerIndex") is None:
        return
    if failed is None:
        why = f"must be specified when completions is above {_MANY}"
        yield required(f"{path}.maxFailedIndexes", why)
    for name, value in (("parallelism", parallel), ("maxFailedIndexes", failed)):
        if value is not None and value > _MANY_AT_ONCE:
            why = (
                f"must be less than or equal to {_MANY_AT_ONCE} when completions are above {_MANY} and used "
                "with backoff limit per index"
            )
            yield invalid(f"{path}.{name}", value, why)


def _manager(spec: Values, path: str) -> Iterator[Failure]:
    """IsDomainPrefixedPath in k8s.io/apimachinery, pkg/util/validation/validation.go."""
    if not isinstance(manager := spec.get("managedBy"), str):
        return
    place, (domain, slash, rest) = f"{path}.managedBy", manager.partition("/")
    if not manager:
        yield required(place)
    elif not slash or not domain or not rest:
        yield invalid(place, manager, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        yield from wrong(place, domain, content.subdomain(domain))
        if not re.fullmatch(_HTTP_PATH, rest):
            yield invalid(place, rest, f"Invalid path (regex used for validation is '{_HTTP_PATH}')")
    if len(manager.encode()) > _LONGEST_MANAGER:
        yield too_long(place, _LONGEST_MANAGER)
