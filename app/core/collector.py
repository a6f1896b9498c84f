"""The garbage collector of a process that serves pages."""

from __future__ import annotations

import gc

#: A page makes some ten thousands of objects, nearly all freed by their counts of references:
#: looking for cycles at every 700th (Python's default) takes a tenth of the time of a page.
THRESHOLDS = (20_000, 10, 10)


def settle() -> None:
    """Leave what is loaded out of all further rounds; those would halt a page for 0.3 s.

    To be called once, when the application is loaded and before it serves (or fills a database).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
