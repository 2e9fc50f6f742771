"""Files that pass: inputs and contact sheets lie outside of every Drive, and go when nothing needs them any more."""

PASSING = (".assets/", ".sheets/")


def passes(key: str) -> bool:
    """Whether what lies under this Files key is such a file.

    >>> passes(".assets/ab/abcd"), passes("web-team/people/u1/a.mp4"), passes("")
    (True, False, False)
    """
    return key.startswith(PASSING)
