"""LEIs of nobody, for tests."""


def with_check_digits(first: str) -> str:
    """The LEI that begins with these 18 letters and digits (ISO 7064 mod 97-10)."""
    remainder = int("".join(str(int(one, 36)) for one in f"{first}00")) % 97
    return f"{first}{98 - remainder:02d}"


def lei(name: str) -> str:
    """An LEI made of a short name."""
    return with_check_digits(name.upper().replace("-", "").ljust(18, "0"))
