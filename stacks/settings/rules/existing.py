"""Rules for references to existing resources."""

from collections.abc import Iterator

from stacks.settings.model.existing import ExistingSettings
from stacks.settings.validation.registry import Violation, rule

_OURS = "our own choice: two keys for one value could disagree"


@rule("existing-is-named", ExistingSettings, source=_OURS)
def existing_resources_are_named_in_one_way(existing: ExistingSettings) -> Iterator[Violation]:
    """An existing resource is named by its id, or by name and resource group."""
    resource_id: str | None = getattr(existing, "id", None)
    for key in ("name", "resource_group"):
        is_set = getattr(existing, key) is not None
        if resource_id and is_set:
            yield Violation((key,), "has no effect beside id", "remove one of them", remove=True)
        if not resource_id and not is_set:
            yield Violation((key,), "missing", "set name and resource_group, or id")
