"""Settings that the rules of ``rules/workload_order.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import pod, workload


def _two(*after: str, **keys: Any) -> dict[str, Any]:
    return {"workloads": [pod(after=list(after)), workload(**{"name": "migrate", **keys})]}


_JOB = {"kind": "Job", "image": "registry.example/migrate:1"}
SCENES = {"workloads[].after": _two(**_JOB)}
CASES = [
    case(
        "after-is-a-workload",
        _two("migrat", **_JOB),
        "workloads[0].after[0]: 'migrat' is no workload of the stack; choose migrate (pulumi config set --path 'workloads[0].after[0]' migrate)",
    ),
    case(
        "after-is-a-workload",
        _two("migrate", "migrate", **_JOB),
        "workloads[0].after[1]: 'migrate' is listed twice; list it once (pulumi config rm --path 'workloads[0].after[1]')",
    ),
    case(
        "after-is-a-workload",
        {"workloads": [pod(after=["migrate"])]},
        "workloads[0].after[0]: 'migrate' is no workload of the stack; remove it",
    ),
    case(
        "after-is-a-workload",
        _two("migrate"),
        "workloads[0].after[0]: 'migrate' is deployed by another tool, so `pulumi up` does not wait for its pods; remove it, or choose another kind there (pulumi config rm --path 'workloads[0].after[0]')",
    ),
    case(
        "after-is-a-workload",
        _two("migrate", **{**_JOB, "kind": "CronJob", "schedule": "@daily"}),
        "workloads[0].after[0]: 'migrate' is a CronJob, and `pulumi up` does not wait for pods that come by a schedule; remove it, or choose another kind there (pulumi config rm --path 'workloads[0].after[0]')",
    ),
    case(
        "after-is-a-workload",
        _two("migrate", **_JOB, overrides={"metadata": {"annotations": {"pulumi.com/skipAwait": "true"}}}),
        "workloads[0].after[0]: 'migrate' has the annotation pulumi.com/skipAwait, so `pulumi up` does not wait for it; remove it, or the annotation in its overrides (pulumi config rm --path 'workloads[0].after[0]')",
    ),
    case(
        "after-has-an-end",
        {"workloads": [pod(after=["shop"])]},
        "workloads[0].after: 'shop' waits for 'shop', so that no pod would come; remove one of these names",
    ),
    case(
        "after-has-an-end",
        _two("migrate", **_JOB, after=["shop"]),
        "workloads[0].after: 'shop' waits for 'migrate' waits for 'shop', so that no pod would come; remove one of these names",
    ),
    case(
        "after-is-awaited",
        {**_two("migrate", **_JOB), "grants": "external"},
        "workloads[0].after: has no effect with grants: external, where `pulumi up` does not wait for pods; remove it, or choose grants: managed (pulumi config rm --path 'workloads[0].after')",
    ),
]
