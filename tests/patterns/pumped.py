"""Texts that a slow expression reads slowly: what leads to a repetition, the repeated part many times, and an
end that does not fit.
"""

import importlib
from collections.abc import Iterator
from typing import Any

_parser: Any = importlib.import_module("re._parser")
_CHARACTERS = [*' a0-./_:A"\\{,=@%~\n', "é"]
_END = "\x00"


def pumped(pattern: str, size: int) -> Iterator[str]:
    """The texts of an expression, about ``size`` characters each."""
    for prefix, body in _repetitions(_parser.parse(pattern), ""):
        for part in dict.fromkeys(_samples(body)):
            if part:
                yield prefix + part * (size // len(part)) + _END


def _repetitions(parsed: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Each repeated part of an expression, with a text that leads to it."""
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, body = argument
            if most > 50:
                yield prefix, body
            yield from _repetitions(body, prefix)
        elif name == "SUBPATTERN":
            yield from _repetitions(argument[3], prefix)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repetitions(branch, prefix)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repetitions(argument[1], prefix)
        prefix += next(iter(_samples([(operation, argument)])), "")


def _samples(parsed: Any) -> list[str]:
    """A few texts that a part of an expression matches."""
    texts = [""]
    for operation, argument in parsed:
        parts = _of_operation(str(operation), argument)
        texts = [text + part for text in texts for part in parts][:12] or [""]
    return texts


def _of_operation(name: str, argument: Any) -> list[str]:
    match name:
        case "LITERAL":
            return [chr(argument)]
        case "NOT_LITERAL":
            return [c for c in _CHARACTERS if ord(c) != argument][:4]
        case "ANY":
            return [" ", "a", "{", "-"]
        case "IN":
            code = next((item[1] for item in argument if item[1] is not None), ord("a"))
            fallback = chr(code if isinstance(code, int) else code[0])
            return [c for c in _CHARACTERS if _is_in(c, argument)][:6] or [fallback]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = argument
            return [text * max(least, min(1, most)) for text in _samples(body)]
        case "SUBPATTERN":
            return _samples(argument[3])
        case "BRANCH":
            return [text for branch in argument[1] for text in _samples(branch)[:3]]
        case _:
            return [""]


def _is_in(character: str, items: Any) -> bool:
    code, negated, contained = ord(character), False, False
    for operation, argument in items:
        match str(operation):
            case "NEGATE":
                negated = True
            case "LITERAL":
                contained = contained or code == argument
            case "RANGE":
                contained = contained or argument[0] <= code <= argument[1]
            case "CATEGORY":
                contained = contained or _is_of(character, str(argument))
            case _:
                pass
    return contained != negated


def _is_of(character: str, category: str) -> bool:
    kind = category.rsplit("_", 1)[-1]
    belongs = {
        "DIGIT": character.isdigit(),
        "SPACE": character.isspace(),
        "WORD": character.isalnum() or character == "_",
    }[kind]
    return belongs != ("NOT_" in category)
