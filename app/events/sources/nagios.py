"""Nagios and Naemon: the macros of a notification, as `NAGIOS_HOSTNAME`, in JSON or as a form.

Nagios has no HTTP of its own; `check_notify.sh` beside this module sends its environment, `nagios.cfg` sets it up.
Source: the standard macros of Nagios Core 4; real deliveries of 4.4.6 are in the tests.
"""

from collections.abc import Mapping

from app.events.checks import check_alert, macros_of
from app.events.delivery import Delivery, Reading, Source

NAME = "nagios"
NAMES: Mapping[str, str] = {
    "NOTIFICATIONTYPE": "notification_type",
    "NOTIFICATIONAUTHOR": "notification_author",
    "NOTIFICATIONCOMMENT": "notification_comment",
    "TIMET": "timet",
    "HOSTNAME": "host_name",
    "HOSTALIAS": "host_alias",
    "HOSTDISPLAYNAME": "host_display_name",
    "HOSTADDRESS": "host_address",
    "HOSTGROUPNAMES": "host_groups",
    "HOSTSTATE": "host_state",
    "HOSTSTATETYPE": "host_state_type",
    "LASTHOSTSTATE": "host_last_state",
    "HOSTOUTPUT": "host_output",
    "HOSTDOWNTIME": "host_downtime_depth",
    "HOSTINFOURL": "host_url",
    "SERVICEDESC": "service_name",
    "SERVICEDISPLAYNAME": "service_display_name",
    "SERVICEGROUPNAMES": "service_groups",
    "SERVICESTATE": "service_state",
    "SERVICESTATETYPE": "service_state_type",
    "LASTSERVICESTATE": "service_last_state",
    "SERVICEOUTPUT": "service_output",
    "SERVICEDOWNTIME": "service_downtime_depth",
    "SERVICEINFOURL": "service_url",
}
"""A macro and what we call it; another spelling of the same table serves Checkmk."""
_CUSTOM = {"_HOST": "host_", "_SERVICE": "service_"}


def renamed(macros: Mapping[str, str], names: Mapping[str, str], families: Mapping[str, str]) -> dict[str, str]:
    """These macros in our names. Of a family, as custom variables, the part after the prefix stays, in lower case."""
    found = {ours: macros[theirs] for theirs, ours in names.items() if theirs in macros}
    for prefix, ours in families.items():
        for name, text in macros.items():
            if name.startswith(prefix) and name != prefix:
                found.setdefault(ours + name.removeprefix(prefix).lower(), text)
    return found


def _read(delivery: Delivery) -> Reading:
    macros = macros_of(delivery, "NAGIOS_", "the Nagios notification script")
    alert = check_alert(renamed(macros, NAMES, _CUSTOM), NAME)
    return Reading((alert,) if alert else ())


SOURCE = Source(NAME, "Nagios", _read)
