"""The list in docs/troubleshooting.md is that of the failures."""

from operations.failures import failures
from tests.docs.test_pages import _anchors
from tools import failure_docs


def test_the_list_is_what_the_failures_say() -> None:
    page = failure_docs.PAGE.read_text(encoding="utf-8")
    assert failure_docs.rendered(page) == page, "type: make docs"


def test_each_failure_has_its_anchor() -> None:
    assert set(failures()) - _anchors(failure_docs.PAGE) == set()
