"""The stack files that come with the project, in the copies that tests use: those at the top are a user's."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
COPIES = Path(__file__).parent


def shipped(name: str) -> Path:
    """``Pulumi.dev.yaml`` and ``Pulumi.prod.yaml`` as they are shipped; an example in its folder."""
    copy = COPIES / name
    return copy if copy.is_file() else REPOSITORY / name
