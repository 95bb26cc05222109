"""The known word from which a misspelled one differs by a slip."""

import re
from collections.abc import Iterable


def near_word(word: str, known: Iterable[str]) -> str | None:
    """The known word from which this one differs by a slip: case, a separator, or up to two letters.

    None: no such word, or the difference is so large that the text can be anything, also a secret.
    """
    slips = [(distance(snake_case(word), snake_case(name)), name) for name in known]
    near = [(number, name) for number, name in slips if number <= min(2, len(name) // 3)]
    return min(near)[1] if near else None


def snake_case(key: str) -> str:
    """``livenessProbe`` → ``liveness_probe``."""
    return re.sub(r"[-\s]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)).lower()


def distance(word: str, other: str) -> int:
    """Letters that were added, left out, changed or swapped (optimal string alignment); 3 means more."""
    if abs(len(word) - len(other)) > 2:
        return 3
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == its:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
