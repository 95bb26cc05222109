"""The base class of every section."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings: frozen, and an unknown key in it is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=False,
        defer_build=True,  # start-up time: only the whole is ever read
    )

    needs_a_key: ClassVar[bool] = False
    """Whether rules refuse the section without any key, although none is required by itself."""
