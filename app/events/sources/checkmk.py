"""Checkmk: the context of a notification, as `NOTIFY_HOSTNAME`, in JSON or as a form.

`check_notify.sh` beside this module is a notification script for it: put it into `local/share/check_mk/notifications`.
Source: notification scripts in the Checkmk handbook.
"""

from collections.abc import Mapping

from app.events.checks import check_alert, macros_of
from app.events.delivery import Delivery, Reading, Source
from app.events.sources import nagios

NAME = "checkmk"
_NAMES: Mapping[str, str] = {
    **nagios.NAMES,
    "HOST_ADDRESS_4": "host_address",
    "HOST_ADDRESS_6": "host_address6",
    "HOSTURL": "host_url",
    "SERVICEURL": "service_url",
    "OMD_SITE": "site",
}
_FAMILIES = {
    "HOSTLABEL_": "host_label_",
    "SERVICELABEL_": "service_label_",
    "HOSTTAG_": "host_tag_",
    "HOST_": "host_",
    "SERVICE_": "service_",
}
_MICROSECONDS = 1_000_000
_MICROSECOND_DIGITS = range(15, 20)


def _read(delivery: Delivery) -> Reading:
    macros = macros_of(delivery, "NOTIFY_", "the Checkmk notification script")
    fields = nagios.renamed(macros, _NAMES, _FAMILIES)
    if macros.get("WHAT", "").upper() == "HOST":
        fields = {name: text for name, text in fields.items() if not name.startswith("service_")}
    micro = macros.get("MICROTIME", "")
    if micro.isdecimal() and len(micro) in _MICROSECOND_DIGITS:
        fields["timet"] = str(int(micro) / _MICROSECONDS)
    alert = check_alert(fields, NAME)
    return Reading((alert,) if alert else ())


SOURCE = Source(NAME, "Checkmk", _read)
