#!/bin/sh
# Sends a notification of Icinga 2, Nagios, Naemon or Checkmk to Underpin: every variable of the tool in the
# environment, as a form. Needs a POSIX shell, env, sed and curl 7.52 or later, and nothing else.
#
# UNDERPIN_URL    where it goes, as https://underpin.example/webhooks/icinga2 (or nagios, or checkmk)
# UNDERPIN_TOKEN  the secret of the source
#
# Checkmk: give both as the first two parameters of the notification rule.
set -eu

url=${UNDERPIN_URL:-${NOTIFY_PARAMETER_1:-}}
token=${UNDERPIN_TOKEN:-${NOTIFY_PARAMETER_2:-}}
if [ -z "$url" ]; then
    echo "set UNDERPIN_URL, as https://underpin.example/webhooks/nagios" >&2
    exit 2
fi

# A line of a plugin's output may look like a variable; then it is none that is set, and is empty.
for name in $(env | sed -n 's/^\([A-Z][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $name in
    NOTIFY_PARAMETER*) continue ;;
    ICINGA_* | NAGIOS_* | NOTIFY_*) eval "text=\${$name-}" ;;
    *) continue ;;
    esac
    [ -n "$text" ] && set -- "$@" --data-urlencode "$name=$text"
done

# The token goes through a pipe: arguments of a command can be read by everyone on the machine. These tools never send
# a notification again, so this does, for as long as they let it run.
printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - --silent --show-error --fail --output /dev/null \
        --connect-timeout 5 --max-time 10 --retry 4 --retry-delay 2 --retry-max-time 25 --retry-connrefused \
        "$@" "$url"
