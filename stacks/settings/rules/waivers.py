"""Rules for section ``waivers``.

Deliberately not here: whether a proof of that name exists, and whether the waiver has expired. The program
knows no proofs; what runs them says both.
"""

from collections.abc import Iterator

from stacks.settings.model.settings import Settings
from stacks.settings.model.waivers import WaiverSettings, is_a_day
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.spelling import near_word


@rule(
    "waiver-day-exists",
    WaiverSettings,
    source="https://www.rfc-editor.org/rfc/rfc3339#section-5.7 (days of a month)",
)
def waivers_expire_on_a_day_of_the_calendar(waiver: WaiverSettings) -> Iterator[Violation]:
    """30 February has the form of a day."""
    if not is_a_day(waiver.expires):
        last = next(day for number in range(30, 27, -1) if is_a_day(day := f"{waiver.expires[:8]}{number}"))
        yield Violation(
            ("expires",),
            f"{waiver.expires!r} is not a day of the calendar",
            f"the month ends with {last}",
            last,
        )


@rule(
    "waiver-names-a-workload",
    Settings,
    source="our own choice: a waiver of no workload would cover nothing and look as if it did",
)
def waivers_name_workloads_of_the_stack(settings: Settings) -> Iterator[Violation]:
    """A misspelled workload would leave its proof broken without a word of the waiver."""
    names = sorted({workload.name for workload in settings.workloads})
    for index, waiver in enumerate(settings.waivers):
        if waiver.workload is not None and waiver.workload not in names:
            yield Violation(
                ("waivers", index, "workload"),
                f"the stack has no workload {waiver.workload!r}",
                f"choose {join_or(names)}" if names else "remove it: the stack has no workloads",
                near_word(waiver.workload, names),
                remove=not names,
            )


@rule("waivers-differ", Settings, source="our own choice: of two entries, one would not hold")
def waivers_differ(settings: Settings) -> Iterator[Violation]:
    """Each proof of a workload has one waiver, so that it has one reason and one day."""
    seen: set[tuple[str, str | None]] = set()
    for index, waiver in enumerate(settings.waivers):
        key = (waiver.proof, waiver.workload)
        if key in seen:
            whom = f"workload {waiver.workload}" if waiver.workload else "the whole stack"
            yield Violation(
                ("waivers", index),
                f"is another waiver of {waiver.proof} for {whom}",
                "keep one of them",
            )
        seen.add(key)
