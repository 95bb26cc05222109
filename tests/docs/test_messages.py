"""Messages of the settings and the preflight that pages quote are those that a person gets."""

import re
from collections.abc import Iterator

from tests.docs.test_pages import PAGES
from tests.settings.test_refused import CASES
from tests.stacks.preflight import test_refused, test_warned

_MESSAGE = re.compile(
    r"(?:workloads|cluster|vaults?|identities|operators|namespaces|platform|secret-values|azure-native|network"
    r"|monitoring|people|tags|labels|base|waivers)[\w.\[\]:…\"-]*: .+; "
)
_VALUES = re.compile(r" \([^()]*\)?$|(?<!\w)'[^']*'|[\w-]+/\S+")
_LEAST = 0.9
"""Share of a message's words that a real one has: names that are not in quotes differ."""


def _quoted() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:text)?\n(.*?)```", text, re.DOTALL)
        for line in (*re.findall(r"`([^`\n]+)`", text), *"\n".join(blocks).splitlines()):
            message = re.sub(r"^(?:\s*(?:warning|error):\s*)", "", line)
            if _MESSAGE.match(message):
                yield page.name, message


def _words(message: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]{2,}", _VALUES.sub("", message).partition(": ")[2]))


def test_a_message_on_a_page_is_one_that_a_person_gets() -> None:
    known = [_words(line) for case in (*CASES, *test_refused.CASES, *test_warned.CASES) for line in case.says]
    shares = {
        (page, message): max(len(words & other) for other in known) / len(words)
        for page, message in _quoted()
        if (words := _words(message))
    }
    assert [quoted for quoted, share in shares.items() if share < _LEAST] == []
    assert len(shares) > 20
