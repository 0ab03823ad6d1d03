"""Marks: what we write into the comment of a silence or a downtime in another tool, by which we know it as ours."""

import re

_MARK = re.compile(r"\(underpin [^()]+\)")


def mark(subject: str) -> str:
    """What the comment holds of this subject; brackets of this kind mean nothing in a pattern of Icinga's."""
    return f"(underpin {subject})"


def is_marked(comment: str) -> bool:
    """Whether a comment is of something that we made there."""
    return _MARK.search(comment) is not None
