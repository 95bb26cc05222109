"""The base class of every section."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """What every part of the settings is: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=False,
        use_attribute_docstrings=True,
        defer_build=True,  # start-up time: only the whole is ever read
    )
