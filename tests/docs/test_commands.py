"""Commands of other tools that messages, pages and pipelines offer: each exists, with its options.

``command_options.json`` holds the options of each command that is offered, from the tool's own reference. A
command that it lacks is added there with all its options, as the source of its tool shows them.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.message_texts import text_of

REPOSITORY = Path(__file__).parents[2]
TOOLS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("command_options.json").read_text(encoding="utf-8")
)
_CODE = ("stacks", "components", "operations", "rehearsal", "trust", "policy", "tools", "aks_secrets_testing")
_TEXTS = (
    *("*.md", "docs/**/*.md", "docs/sdk/**/*", ".github/workflows/*", "azure-pipelines.yml", ".ci/run"),
    *("Makefile", "examples/**/*.yaml", "Pulumi.*.yaml", "benchmarks/**/*.md"),
)
_COMMAND = re.compile(rf"(?<![\w./$-])({'|'.join(TOOLS)}) ([a-z][^`\n;|,]*)")
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_OPTION = re.compile(r"(?<=\s)(--?[a-zA-Z][\w-]*)")
_CODE_FONT = re.compile(r"`[^`\n]+`|^[ ]*```.*?^[ ]*```", re.DOTALL | re.MULTILINE)


def offered() -> Iterator[tuple[str, str]]:
    """Each text that may have commands in it, with its place."""
    for folder in _CODE:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)) if _COMMAND.search(source) else ():
                if text := text_of(node):
                    yield f"{path.relative_to(REPOSITORY)}:{getattr(node, 'lineno', 0)}", text
    for path in sorted({path for pattern in _TEXTS for path in REPOSITORY.glob(pattern) if path.is_file()}):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        name = str(path.relative_to(REPOSITORY))
        yield from ((name, code) for code in (_CODE_FONT.findall(text) if path.suffix == ".md" else [text]))


def wrong(text: str) -> Iterator[str]:
    """Faults of the commands in a text. A sentence about a tool is no command."""
    for tool, rest in _COMMAND.findall(text):
        known = TOOLS[tool]["commands"]
        words = list(_leading_words(rest))
        name = next((n for end in range(len(words), 0, -1) if (n := _known(words[:end], known))), None)
        used = set(_OPTION.findall(rest.split(" (")[0].split("$(")[0].split(" -- ")[0]))
        if name is None:
            yield from (f"{tool} {' '.join(words)} {option}" for option in sorted(used))
        else:
            unknown = used - {*known[name], *TOOLS[tool]["everywhere"]}
            yield from (f"{tool} {name} {option}" for option in sorted(unknown))


def _leading_words(rest: str) -> Iterator[str]:
    for word in rest.split():
        if not _WORD.fullmatch(word) and word != "{}":
            return
        yield word


def _known(words: list[str], known: Iterable[str]) -> str | None:
    """The command of these words, or one of those that they may be once they are filled in."""
    pattern = re.compile(" ".join("[a-z-]+" if word == "{}" else word for word in words))
    return next(filter(pattern.fullmatch, known), None)


def test_each_offered_command_of_other_tools_exists_with_its_options() -> None:
    assert sorted({(where, fault) for where, text in offered() for fault in wrong(text)}) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("type `az aks updte --name x`", "az aks updte --name"),
        ("type `az aks show --nme x`", "az aks show --nme"),
        ("(helm list --all --all-namespaces)", "helm list --all"),
        ("kubectl rollout restart deployment/x --namespce y", "kubectl rollout restart --namespce"),
        ("pulumi up --stck dev", "pulumi up --stck"),
    ],
)
def test_a_command_that_does_not_exist_is_found(text: str, fault: str) -> None:
    assert list(wrong(text)) == [fault]


def test_a_sentence_is_no_command() -> None:
    assert list(wrong("pulumi is signed in to another tenant; az asks the real Azure")) == []
