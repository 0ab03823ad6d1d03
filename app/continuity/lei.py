"""Legal entity identifiers (ISO 17442): 18 letters and digits, and two check digits by ISO 7064 mod 97-10. Pure."""

import re

_FORM = re.compile(r"[A-Z0-9]{18}[0-9]{2}")


def is_lei(text: str) -> bool:
    """Whether a text has the form of an LEI and its check digits are right; whether it was ever issued nobody asks."""
    return _FORM.fullmatch(text) is not None and int("".join(str(int(one, 36)) for one in text)) % 97 == 1
