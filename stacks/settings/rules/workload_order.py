"""Rules for ``workloads[].after``: which workloads come before others."""

from collections.abc import Iterator, Mapping, Sequence

from components.workloads import WorkloadKind
from stacks.settings.model.grants import Grants
from stacks.settings.model.settings import Settings
from stacks.settings.types.manifests import value_at
from stacks.settings.validation.problems import join_or, nearest
from stacks.settings.validation.registry import Violation, rule

_WAITS = "https://www.pulumi.com/registry/packages/kubernetes/#pulumi-kubernetes-waiting-logic"
_NO_END: Mapping[WorkloadKind, str] = {
    WorkloadKind.NONE: "is deployed by another tool, so `pulumi up` does not wait for its pods",
    WorkloadKind.CRON_JOB: "is a CronJob, and `pulumi up` does not wait for pods that come by a schedule",
}

_SKIP_AWAIT = ("metadata", "annotations", "pulumi.com/skipAwait")


@rule("after-is-a-workload", Settings, source="our own choice: a misspelled name would order nothing")
def workloads_come_after_others_of_the_stack(settings: Settings) -> Iterator[Violation]:
    """``after`` names other workloads of the stack, each once, whose pods `pulumi up` waits for."""
    targets = {workload.name: workload for workload in settings.workloads}
    for index, workload in enumerate(settings.workloads):
        for position, name in enumerate(workload.after):
            here = ("workloads", index, "after", position)
            others = [other for other in targets if other != workload.name]
            if name in workload.after[:position]:
                yield Violation(here, f"{name!r} is listed twice", "list it once", remove=True)
            elif name not in targets:
                remedy = f"choose {join_or(others[:10])}" if others else "remove it"
                yield Violation(here, f"{name!r} is no workload of the stack", remedy, nearest(name, others))
            elif why := _NO_END.get(targets[name].kind):
                yield Violation(
                    here, f"{name!r} {why}", "remove it, or choose another kind there", remove=True
                )
            elif value_at(targets[name].overrides, _SKIP_AWAIT) == "true":
                problem = (
                    f"{name!r} has the annotation {_SKIP_AWAIT[-1]}, so `pulumi up` does not wait for it"
                )
                yield Violation(here, problem, "remove it, or the annotation in its overrides", remove=True)


@rule("after-has-an-end", Settings, source="our own choice: none of the pods would ever come")
def workloads_do_not_wait_for_each_other(settings: Settings) -> Iterator[Violation]:
    """Each workload of a cycle would wait for the next."""
    after = {workload.name: workload.after for workload in settings.workloads}
    reported: set[frozenset[str]] = set()
    for index, workload in enumerate(settings.workloads):
        cycle = _cycle(after, workload.name)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            yield Violation(
                ("workloads", index, "after"),
                f"{' waits for '.join(repr(name) for name in [*cycle, cycle[0]])}, so that no pod would come",
                "remove one of these names",
            )


def _cycle(after: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """The workloads on the way from one back to itself. Empty: it does not wait for itself."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop()
        for name in after.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


@rule("after-is-awaited", Settings, source=_WAITS)
def external_grants_await_no_pods(settings: Settings) -> Iterator[Violation]:
    """With external grants `pulumi up` does not wait for pods, which may start long after it."""
    for index, workload in enumerate(settings.workloads):
        if workload.after and settings.grants is Grants.EXTERNAL:
            yield Violation(
                ("workloads", index, "after"),
                "has no effect with grants: external, where `pulumi up` does not wait for pods",
                "remove it, or choose grants: managed",
                remove=True,
            )
