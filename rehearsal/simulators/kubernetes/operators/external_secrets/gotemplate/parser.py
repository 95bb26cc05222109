"""A Go template of an ExternalSecret: whether it parses, and the keys of its data that it reads.

Go's text/template, parse/parse.go and exec.go, with the option missingkey=error; external-secrets v2.9.0,
runtime/template/v2/template.go. Nothing is rendered, because the world does not know the values. Parts that
run only for some values (the body of `if`, `range` and `with`, the later arguments of `and` and `or`) are
parsed but not followed. `index . "key"` of a missing key is no error: Go returns the zero value of the map's
type, an empty text.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.functions import NAMES
from rehearsal.simulators.kubernetes.operators.external_secrets.gotemplate.lexer import (
    Lexer,
    TemplateError,
    Token,
)


@dataclass(frozen=True)
class Reference:
    """`.key`, `$.key` or `.key.more` in a part that always runs."""

    text: str
    position: int
    with_arguments: bool = False

    @property
    def path(self) -> list[str]:
        return self.text.removeprefix("$").lstrip(".").split(".")


@dataclass
class Template:
    """A parsed template, and the keys that it reads."""

    name: str
    text: str
    certain: list[Reference] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """All keys that it may read."""
    reads_all: bool = False
    has_actions: bool = False
    sole_key: str = ""
    """The key whose value is the whole result; empty if the result is more than one value."""

    def require_keys(self, known: Collection[str]) -> None:
        """Raises TemplateError if the template cannot be executed on data with these keys."""
        for reference in self.certain:
            key, *more = reference.path
            if reference.with_arguments and not more:
                why = f"{key} is not a method but has arguments"
            elif key not in known:
                why = f'map has no entry for key "{key}"'
            elif more:
                why = f"can't evaluate field {more[0]} in type string"
            else:
                continue
            line = self.text.count("\n", 0, reference.position) + 1
            column = reference.position - (self.text.rfind("\n", 0, reference.position) + 1)
            where = f'template: {self.name}:{line}:{column}: executing "{self.name}" at'
            raise TemplateError(f"{where} <{reference.text}>: {why}")


def parse(name: str, text: str) -> Template:
    return _Parser(name, text).parsed()


class _Parser:
    def __init__(self, name: str, text: str) -> None:
        self._lexer = Lexer(name, text)
        self._template = Template(name, text)
        self._tokens: list[Token] = []
        self._cause: TemplateError | None = None
        self._at = 0
        self._open: list[str] = []
        self._variables = ["$"]
        self._scopes: list[int] = []
        self._doubtful = 0

    def parsed(self) -> Template:
        # Go lexes while it parses, so that the earlier error comes first.
        try:
            for token in self._lexer.tokens():
                self._tokens.append(token)
        except TemplateError as error:
            self._cause = error
        while self._at < len(self._tokens):
            self._action()
        if self._cause:
            raise self._cause
        template = self._template
        if self._open:
            raise self._lexer.error(template.text.count("\n") + 1, "unexpected EOF")
        meat = [token for token in self._tokens if token.kind not in ("space", "left", "right")]
        bare = (
            template.text.startswith("{{") and template.text.endswith("}}") and template.text.count("{{") == 1
        )
        if bare and len(meat) == 1 and meat[0].kind == "field":
            template.sole_key = meat[0].text[1:]
        elif (
            bare
            and [token.text for token in meat[:2]] == ["index", "."]
            and len(meat) == 3
            and meat[2].kind == "string"
        ):
            template.sole_key = _unquoted(meat[2].text)
        return template

    # Tokens

    def _peek(self, *, blanks: bool = False) -> Token:
        while not blanks and self._at < len(self._tokens) and self._tokens[self._at].kind == "space":
            self._at += 1
        if self._at == len(self._tokens):
            assert self._cause, "an action ends in its delimiter, or in an error"
            raise self._cause
        return self._tokens[self._at]

    def _take(self, *, blanks: bool = False) -> Token:
        token = self._peek(blanks=blanks)
        self._at += 1
        return token

    def _unexpected(self, token: Token, context: str) -> TemplateError:
        shown = f"<{token.text}>" if token.kind == "keyword" else json.dumps(token.text, ensure_ascii=False)
        return self._lexer.error(token.line, f"unexpected {shown} in {context}")

    # Actions

    def _action(self) -> None:
        left = self._take()
        self._template.has_actions = True
        token = self._peek()
        if token.kind != "keyword" or token.text == "nil":
            self._pipeline("command", "right")
            return
        self._take()
        word = token.text
        if word in ("if", "with", "range"):
            self._scopes.append(len(self._variables))
            self._pipeline(word, "right")
            self._begin(word)
        elif word in ("define", "block", "template"):
            self._named_template(word)
        elif word == "end":
            if not self._open:
                raise self._lexer.error(left.line, "unexpected {{end}}")
            self._open.pop()
            self._doubtful -= 1
            del self._variables[self._scopes.pop() :]
            self._close(word)
        elif word == "else":
            if not self._open or self._open[-1] not in ("if", "with", "range"):
                raise self._lexer.error(left.line, "unexpected {{else}}")
            if self._peek().text in ("if", "with"):
                self._pipeline(self._take().text, "right")
            else:
                self._close(word)
        else:  # break, continue
            if "range" not in self._open:
                raise self._lexer.error(token.line, f"{{{{{word}}}}} outside {{{{range}}}}")
            self._close(f"{{{{{word}}}}}")

    def _named_template(self, word: str) -> None:
        name = self._take()
        if name.kind != "string":
            raise self._unexpected(name, f"{word} clause")
        self._scopes.append(len(self._variables))
        if word == "define" or self._peek().kind == "right":
            self._close(f"{word} clause")
        else:
            self._pipeline(f"{word} clause", "right")
        if word == "template":
            self._scopes.pop()
        else:
            self._begin(word)

    def _begin(self, word: str) -> None:
        self._open.append(word)
        self._doubtful += 1

    def _close(self, context: str) -> None:
        token = self._take()
        if token.kind != "right":
            raise self._unexpected(token, context)

    # Pipelines

    def _pipeline(self, context: str, end: str) -> None:
        self._declaration(context)
        line, stages = self._peek().line, list[str]()
        while True:
            token = self._peek()
            if token.kind == end:
                self._take()
                break
            if (
                token.kind
                not in ("bool", "char", "dot", "field", "word", "number", "string", "variable", "(")
                and token.text != "nil"
            ):
                raise self._unexpected(self._take(), context)
            stages.append(token.kind)
            self._command(piped=len(stages) > 1)
        if not stages:
            raise self._lexer.error(line, f"missing value for {context}")
        for number, kind in enumerate(stages[1:], 2):
            if kind in ("bool", "dot", "keyword", "number", "string", "char"):
                raise self._lexer.error(line, f"non executable command in pipeline stage {number}")

    def _declaration(self, context: str) -> None:
        start, names = self._at, list[str]()
        while self._peek().kind == "variable":
            names.append(self._take().text)
            token = self._peek()
            if token.kind == "assign":
                self._take()
                if token.text == ":=":
                    self._variables += names
                return
            if not (context == "range" and token.text == "," and len(names) == 1):
                break
            self._take()
        self._at = start

    def _command(self, *, piped: bool) -> None:
        first = self._peek()
        shortcut = first.kind == "word" and first.text in ("and", "or")
        indexes = first.kind == "word" and first.text == "index"
        count, before = 0, len(self._template.certain)
        while True:
            doubtful = shortcut and count > 1
            self._doubtful += doubtful
            self._operand(indexes=indexes and count == 1)
            self._doubtful -= doubtful
            count += 1
            token = self._peek(blanks=True)
            if token.kind == "space":
                token = self._peek()
                if token.kind not in ("right", ")", "pipe"):
                    if token.kind in ("assign", "other") or (token.kind == "keyword" and token.text != "nil"):
                        raise self._unexpected(token, "operand")
                    continue
            if token.kind == "pipe":
                self._take()
            elif token.kind not in ("right", ")"):
                raise self._unexpected(token, "operand")
            break
        if first.kind == "field" and (count > 1 or piped) and len(self._template.certain) > before:
            known = self._template.certain[before]
            self._template.certain[before] = Reference(known.text, known.position, with_arguments=True)

    def _operand(self, *, indexes: bool) -> None:
        token = self._take()
        if token.kind == "word" and token.text not in NAMES:
            raise self._lexer.error(token.line, f"function {json.dumps(token.text)} not defined")
        if token.kind == "variable" and token.text not in self._variables:
            raise self._lexer.error(token.line, f"undefined variable {json.dumps(token.text)}")
        if token.kind == "(":
            self._pipeline("parenthesized pipeline", ")")
        text, position, chained = token.text, token.position, False
        while self._peek(blanks=True).kind == "field":
            more = self._take(blanks=True)
            position = position if chained else more.position
            text, chained = text + more.text, True
        if token.kind == "field" or (token.text == "$" and chained):
            self._refer(Reference(text, position))
        elif token.kind == "dot" or token.text == "$":
            key = next((token for token in self._tokens[self._at :] if token.kind != "space"), token)
            if indexes and key.kind == "string":
                self._template.keys.add(_unquoted(key.text))
            else:
                self._template.reads_all = True

    def _refer(self, reference: Reference) -> None:
        self._template.keys.add(reference.path[0])
        if not self._doubtful:
            self._template.certain.append(reference)


def _unquoted(text: str) -> str:
    return text[1:-1] if text.startswith("`") else json.loads(text)
