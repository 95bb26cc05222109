"""The known name that is nearest to a misspelled one."""

import difflib
from collections.abc import Iterable


def nearest(name: str, properties: Iterable[str]) -> str:
    """The known name that a misspelled one is probably meant to be, else all of them if they are few."""
    by_lower = {known.lower(): known for known in properties}
    near = difflib.get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{by_lower[near[0]]}'?"
    return f"; known are {', '.join(sorted(by_lower.values()))}" if len(by_lower) <= 12 else ""
