"""Many small cases in one test: a test of pytest's own takes longer than the body of most of them."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any

import pytest

_WIDTH = 60
"""Characters of a case that is named by itself."""


def each(
    names: str, cases: Iterable[Any], ids: Callable[[Any], str] | Iterable[str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Like ``pytest.mark.parametrize``, in one test that tries every case and names all that fail.

    ``names`` are one or several parameters, ``ids`` the names of the cases or what makes them. For cases that
    need no fixture of their own: fixtures of the test are those of all cases.
    """
    parameters = [name.strip() for name in names.split(",")]
    listed = list(cases)
    titles = [str(ids(case))[:_WIDTH] for case in listed] if callable(ids) else list(ids)
    assert len(titles) == len(listed) > 0

    def deciding(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def all_cases(**fixtures: Any) -> None:
            failed: list[str] = []
            for title, case in zip(titles, listed, strict=True):
                values: Mapping[str, Any] = (
                    dict(zip(parameters, case, strict=True)) if len(parameters) > 1 else {parameters[0]: case}
                )
                try:
                    test(**values, **fixtures)
                except (Exception, pytest.fail.Exception) as error:  # any of them fails its case
                    failed.append(f"[{title}] {_failure(error)}")
            if failed:
                pytest.fail(f"{len(failed)} of {len(listed)} cases\n" + "\n\n".join(failed), pytrace=False)

        kept = [value for name, value in signature(test).parameters.items() if name not in parameters]
        vars(all_cases)["__signature__"] = signature(test).replace(
            parameters=[value.replace(kind=Parameter.KEYWORD_ONLY) for value in kept]
        )
        return all_cases

    return deciding


def _failure(error: BaseException) -> str:
    """Place in the test at which a case failed, and the reason."""
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[min(1, len(frames) - 1)]
    return f"{place.filename}:{place.lineno}: {type(error).__name__}: {error}\n    {place.line}"
