#!/bin/sh
# Forwards the event stream of Icinga 2 to Underpin, object by object, until the stream ends; let systemd start it
# again (Restart=always). Icinga repeats nothing that was told in between: keep the notification command beside it.
# Needs a POSIX shell, /dev/fd and curl 7.52 or later.
#
# ICINGA_URL       as https://icinga.example:5665
# ICINGA_USER, ICINGA_PASSWORD   an ApiUser with the permission events/*
# ICINGA_CA        the file of its certificate authority, if the machine does not know it
# UNDERPIN_URL     as https://underpin.example/webhooks/icinga2
# UNDERPIN_TOKEN   the secret of the source
set -eu

types='"StateChange", "Notification", "Flapping", "AcknowledgementSet", "AcknowledgementCleared", "DowntimeAdded",
    "DowntimeStarted", "DowntimeTriggered", "DowntimeRemoved"'

# Secrets go through pipes: arguments of a command can be read by everyone on the machine.
printf 'user = "%s:%s"\n' "$ICINGA_USER" "$ICINGA_PASSWORD" |
    curl --config - --no-buffer --silent --show-error --fail ${ICINGA_CA:+--cacert "$ICINGA_CA"} \
        --header 'Accept: application/json' --data "{\"queue\": \"underpin\", \"types\": [$types]}" \
        "$ICINGA_URL/v1/events" |
    while IFS= read -r object; do
        printf '%s\n' "$object" |
            curl --config /dev/fd/3 --silent --show-error --fail --output /dev/null --data-binary @- \
                --header 'Content-Type: application/json' --connect-timeout 5 --max-time 10 \
                --retry 10 --retry-delay 2 --retry-connrefused "$UNDERPIN_URL" 3<<END ||
header = "Authorization: Bearer $UNDERPIN_TOKEN"
END
            echo "not delivered: $object" >&2
    done
