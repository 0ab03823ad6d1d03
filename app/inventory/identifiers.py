"""Identifiers: the one spelling of each, under which it is stored and under which an alert looks it up. Pure."""

import re
import unicodedata
from ipaddress import ip_address

from app.inventory.values import is_printable


def normalised_identifier(kind: str, value: str) -> str | None:
    """The one spelling under which an identifier is stored and looked up; `None` when it is none of that kind.

    NFKC, case-folded; an IP in its canonical form and without its zone, a MAC as 12 hex digits; a host name without
    the dot at its end, in the ASCII form that DNS knows.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    text = unicodedata.normalize("NFKC", folded).strip()
    if kind == "ip":
        try:
            return str(ip_address(text.strip("[]").partition("%")[0]))
        except ValueError:
            return None
    if kind == "mac":
        digits = re.sub(r"[.:\-]", "", text)
        return digits if re.fullmatch(r"[0-9a-f]{12}", digits) else None
    if kind in ("fqdn", "hostname"):
        text = _host_name(re.sub(r"[.\s]+$", "", text))
    return text if 0 < len(text) <= 500 and is_printable(text) else None


def _host_name(text: str) -> str:
    try:
        return text if text.isascii() else text.encode("idna").decode()
    except UnicodeError:
        return text  # no name that DNS knows, but somebody's
