"""Rules for section ``people``."""

from collections.abc import Iterator

from stacks.settings.model.people import PeopleSettings
from stacks.settings.validation.registry import Violation, rule


@rule("person-listed-once", PeopleSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def principals_are_listed_once(people: PeopleSettings) -> Iterator[Violation]:
    """A principal that is listed twice would get the same role assignment twice."""
    seen: set[str] = set()
    for key, ids in (
        ("users", people.users),
        ("groups", people.groups),
        ("service_principals", people.service_principals),
    ):
        for index, object_id in enumerate(ids):
            if object_id.lower() in seen:
                yield Violation(
                    (key, index), f"{object_id!r} is listed twice", "list it once, under its principal type"
                )
            seen.add(object_id.lower())
