"""Rules for everything that a stack uses without making it."""

from collections.abc import Iterator

from stacks.settings.model.existing import ExistingSettings
from stacks.settings.validation.registry import Violation, rule

_OURS = "our own choice: two ways of saying one thing can say two things"


@rule("existing-is-named", ExistingSettings, source=_OURS)
def existing_things_are_named_in_one_way(existing: ExistingSettings) -> Iterator[Violation]:
    """By id, or by name and resource group."""
    given: str | None = getattr(existing, "id", None)
    for key in ("name", "resource_group"):
        said = getattr(existing, key) is not None
        if given and said:
            yield Violation((key,), "the id says it already", "take one of them out", remove=True)
        if not given and not said:
            yield Violation((key,), "missing", "give name and resource_group, or id")
