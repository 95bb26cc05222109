"""Labels and annotations of Kubernetes objects: the types of their keys and values."""

from typing import Annotated

from stacks.settings.types.kubernetes import LABEL_VALUE, QUALIFIED_NAME
from stacks.settings.validation.constraints import Pattern

_OBJECTS = "https://kubernetes.io/docs/concepts/overview/working-with-objects"
_KEY_REMEDY = (
    "use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a"
    " domain and a slash may stand before"
)

LabelKey = Annotated[
    str,
    Pattern(
        "label-key",
        QUALIFIED_NAME,
        is_a="key of a label",
        remedy=_KEY_REMEDY,
        example="cost-center",
        source=f"{_OBJECTS}/labels/#syntax-and-character-set",
        shown=False,
    ),
]
LabelValue = Annotated[
    str,
    Pattern(
        "label-value",
        LABEL_VALUE,
        is_a="label value",
        remedy=(
            "use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each"
            " end; an annotation may be any text"
        ),
        example="shop",
        source=f"{_OBJECTS}/labels/#syntax-and-character-set",
        shown=False,
    ),
]
AnnotationKey = Annotated[
    str,
    Pattern(
        "annotation-key",
        QUALIFIED_NAME,
        is_a="key of an annotation",
        remedy=_KEY_REMEDY,
        example="example.com/owner",
        source=f"{_OBJECTS}/annotations/#syntax-and-character-set",
        shown=False,
    ),
]
