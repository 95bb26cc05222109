"""Settings that the types of ``model/pushes.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import workload

_AT = "workloads[0].pushes"


def _push(push: dict[str, Any]) -> dict[str, Any]:
    return {
        "workloads": [workload(technique="eso", pushes=[push])],
        "operators": {"external_secrets": {"push_secrets": True}},
    }


CASES = [
    case(
        "password-length",
        _push({"name": "first", "generate": {"length": 4}}),
        f"{_AT}[0].generate.length: 4 characters is out of range; choose 8 to 128 (pulumi config set --path"
        f" '{_AT}[0].generate.length' 8)",
    ),
    case(
        "password-part",
        _push({"name": "second", "generate": {"digits": -1}}),
        f"{_AT}[0].generate.digits: -1 characters is out of range; choose 0 to 128 (pulumi config set --path"
        f" '{_AT}[0].generate.digits' 0)",
    ),
    case(
        "symbol-characters",
        _push({"name": "third", "generate": {"symbol_characters": "a"}}),
        f"{_AT}[0].generate.symbol_characters: the value is not a list of symbols; use 1 to 32 punctuation marks of"
        " ASCII",
    ),
]
