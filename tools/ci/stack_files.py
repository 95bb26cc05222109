"""The stack files of a checkout: those at its top and those of the examples."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

PATTERNS = ("Pulumi.*.yaml", "examples/*/Pulumi.*.yaml")


@dataclass(frozen=True)
class StackFile:
    """A stack and its file, relative to the checkout."""

    stack: str
    path: Path

    @property
    def label(self) -> str:
        """Its title among the others: the stack's name, with that of the example."""
        return self.stack if self.path.parent == Path() else f"{self.path.parent.name}/{self.stack}"

    @property
    def cloud(self) -> Path:
        """The file beside it that lists what exists already in the rehearsal's cloud; most have none."""
        return self.path.parent / "cloud.yaml"


def stack_files(root: Path, only: Collection[str] = ()) -> list[StackFile]:
    """The stack files, those at the top first.

    Args:
        root: The checkout.
        only: Labels of stacks. Empty: all.

    Raises:
        ValueError: no stack file has one of the labels.
    """
    files = list(_all(root))
    known = {file.label for file in files}
    if missing := [name for name in only if name not in known]:
        raise ValueError(
            f"--stack: there is no stack file of {missing[0]}; there are {', '.join(sorted(known))}"
        )
    return [file for file in files if not only or file.label in only]


def _all(root: Path) -> Iterator[StackFile]:
    for pattern in PATTERNS:
        for path in sorted(root.glob(pattern)):
            yield StackFile(path.name.removeprefix("Pulumi.").removesuffix(".yaml"), path.relative_to(root))
