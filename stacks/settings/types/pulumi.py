"""Names of Pulumi's own things."""

from typing import Annotated

from stacks.settings.validation.constraints import Pattern

_REFERENCES = "https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences"

StackName = Annotated[
    str,
    Pattern(
        "stack-name",
        r"(?:[a-zA-Z0-9_.-]+/[a-zA-Z0-9_.-]+/)?[a-zA-Z0-9_.-]{1,100}",
        is_a="name of a stack",
        remedy=(
            "write organization/project/stack, or the stack alone where project and organization are the same"
        ),
        example="organization/aks-secrets/platform",
        source=_REFERENCES,
    ),
]
OutputName = Annotated[
    str,
    Pattern(
        "stack-output-name",
        r"[A-Za-z_][\w.-]{0,99}",
        is_a="name of an output",
        remedy="use the name that `pulumi stack output` lists, without a path: that is property",
        example="connectionString",
        source="https://www.pulumi.com/docs/iac/concepts/stacks/#outputs",
        shown=False,
    ),
]
