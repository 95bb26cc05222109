"""How docstrings and comments read: see the section Prose of CONTRIBUTING.md.

Checked: the first word of a docstring, and words for persons in the place of the thing that acts. Free: texts
in quotes or backquotes, and ids with hyphens, such as those of rules.

Deliberately not here: names (names.py).
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

from tools.conventions.sources import Finding, Source

FRAGMENT = re.compile(
    r"(?:(?:What|Which|Who|Whose|Whom|Why|Whoever)\b(?![^.:;]*\?)"
    r"|(?:Of|From|Where)\b(?![^.:;]*,)"  # a main clause follows the comma
    r"|That (?:an?|the|no|each|every|it|they)\b)"  # "That file" is a subject
)
"""The beginning of a clause without a main one, or of a bare genitive. "Whether" and "How" are free."""
PERSON = re.compile(r"(?<![-\w])(somebody|nobody|everybody|whoever|whomever)(?![-\w])", re.IGNORECASE)
_QUOTED = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"]*\"|(?<!\w)'[^']*'")


def check(files: Iterable[Source]) -> Iterator[Finding]:
    for source in files:
        texts = list(docstrings(source))
        for line, text in texts:
            if first := FRAGMENT.match(text.lstrip()):
                problem = f"the docstring begins with '{first[0]}'; write a noun phrase or a full sentence"
                yield Finding(source.path, line, problem)
        if not PERSON.search(source.text):
            continue  # reading the tokens of all files would take seconds
        for line, text in (*texts, *_comments(source)):
            if person := person_in(text):
                problem = f"'{person}' names no thing; write which person, program or object acts"
                yield Finding(source.path, line, problem)


def person_in(text: str) -> str | None:
    """The first word for a person, outside quotes."""
    match = PERSON.search(_QUOTED.sub("", text))
    return match[0] if match else None


def docstrings(source: Source) -> Iterator[tuple[int, str]]:
    """Line and text of each, also of those below an attribute."""
    for node in source.of_type(ast.Expr):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def _comments(source: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
