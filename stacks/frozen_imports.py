"""Garbage collections that leave the imported modules alone.

The modules of the provider SDKs are a hundred megabytes of objects that live as long as the program. A full
collection looks at all of them, again and again: a quarter of the time of a preview of 100 workloads
(https://docs.python.org/3/library/gc.html#gc.freeze).
"""

import gc


def freeze_imports() -> None:
    """Take what exists out of all later collections; once in a process, since garbage would stay too."""
    if not gc.get_freeze_count():
        gc.freeze()
