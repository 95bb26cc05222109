"""Values of ``from: stack`` and ``from: resource``: whether they are there."""

from collections.abc import Iterator

from stacks.preflight.copied_values import copied_value_problems
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.validation.registry import Violation


@check(
    "copied-value-is-there",
    "our own choice: a value that cannot be copied stops the program before the first resource",
)
def copied_values_are_there(lookup: Lookup) -> Iterator[Violation]:
    """The other stack has the output, Azure the resource, and the value is one of a vault."""
    yield from copied_value_problems(lookup)
