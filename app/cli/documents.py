"""The GraphQL documents that the commands send; a test of the schema validates each."""

from collections.abc import Mapping

IMPACT = """
query CliImpact($failures: [FailureInput!]!, $asOf: DateTime, $first: Int!, $after: String) {
  impact(failures: $failures, asOf: $asOf) {
    asOf graphVersion priority depthReached truncated hidden unknown assumptions missing
    costs { amount currency }
    counts { type state count }
    causes { item { key name } state planned }
    worst: impacted(types: [BUSINESS_PROCESS, BUSINESS_SERVICE], first: 3) {
      edges { node { sentence repairs { key name } } }
    }
    atRisk(first: 5) {
      totalCount truncated
      edges { node { item { key name } singlePointCount singlePoints(first: 3) { key name } } }
    }
    impacted(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        item { __typename key name kind }
        state depth rule planned breachAt slackSeconds
        path { key name }
        causes { key }
      } }
    }
  }
}
"""

REACH = """
query CliReach($key: String!, $direction: Direction!, $maxDepth: Int, $first: Int!, $after: String) {
  reach(key: $key, direction: $direction, maxDepth: $maxDepth, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      item { __typename key name }
      depth
      path { key name }
    } }
  }
}
"""

PATHS = """
query CliPaths($from: String!, $to: String!, $limit: Int!) {
  paths(from: $from, to: $to, limit: $limit) {
    length
    items { key name }
  }
}
"""

STATUS = """
query CliStatus {
  items(first: 0) { totalCount }
  events(filter: { status: FIRING }, first: 0) { totalCount }
  currentImpact {
    graphVersion priority
    counts { type state count }
  }
}
"""

_WINDOW = """
    id keys state includeHosted startsAt endsAt recurrence timeZone summary createdAt createdBy cancelledAt active
    source externalId occurrences(first: 3) { startsAt endsAt }
"""

PLAN_MAINTENANCE = f"""
mutation CliPlanMaintenance($input: MaintenanceInput!) {{
  planMaintenance(input: $input) {{ {_WINDOW} }}
}}
"""

CANCEL_MAINTENANCE = f"""
mutation CliCancelMaintenance($id: ID!, $occurrence: DateTime) {{
  cancelMaintenance(id: $id, occurrence: $occurrence) {{ {_WINDOW} }}
}}
"""

IMPORT_MAINTENANCE = """
mutation CliImportMaintenance(
  $ics: String!, $keys: [String!], $state: HealthState, $includeHosted: Boolean!, $timeZone: String!
) {
  importMaintenanceCalendar(
    ics: $ics, keys: $keys, state: $state, includeHosted: $includeHosted, timeZone: $timeZone
  ) { planned changed cancelled unchanged problems }
}
"""

MAINTENANCE_WINDOWS = f"""
query CliMaintenanceWindows($key: String, $activeAt: DateTime, $first: Int!, $after: String) {{
  maintenanceWindows(key: $key, activeAt: $activeAt, first: $first, after: $after) {{
    totalCount
    pageInfo {{ hasNextPage endCursor }}
    edges {{ node {{ {_WINDOW} }} }}
  }}
}}
"""

EVENTS = """
query CliEvents($filter: EventFilter, $first: Int!, $after: String) {
  events(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id source fingerprint status lifecycle severity state summary url startsAt endsAt receivedAt reopened flapping
      acknowledgedBy suppressedBy suppressedUntil note
      match { tier identifier candidates }
      item { key name }
    } }
  }
}
"""

NOTIFICATIONS = """
query CliNotifications($filter: NotificationFilter, $first: Int!, $after: String) {
  notifications(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id subscriptionId sequence type subject title sentence priority at createdAt dueAt status attempts
      log { at delivered detail }
    } }
  }
}
"""

TEST_SUBSCRIPTION = """
mutation CliTestSubscription($id: ID!) {
  testSubscription(id: $id) { delivered detail }
}
"""

REPLAY_NOTIFICATION = """
mutation CliReplayNotification($id: ID!) {
  replayNotification(id: $id) { id status dueAt }
}
"""

CYPHER = """
query CliCypher($query: String!, $parameters: JSON, $limit: Int) {
  cypher(query: $query, parameters: $parameters, limit: $limit) {
    columns rows rowCount truncated elapsedMilliseconds estimatedRows scans notes
  }
}
"""

MODEL = """
query CliModel {
  graphModel {
    labels { name count properties { name types example } }
    types { name count properties between }
  }
}
"""

AUDIT = """
query CliAudit($filter: AuditFilter, $first: Int) {
  audit(filter: $filter, first: $first) {
    edges { node { number at caller role origin action keys keyCount keysDigest details previous hash } }
  }
}
"""

DOCUMENTS: Mapping[str, str] = {
    "audit": AUDIT,
    "cypher": CYPHER,
    "model": MODEL,
    "impact": IMPACT,
    "reach": REACH,
    "paths": PATHS,
    "status": STATUS,
    "plan maintenance": PLAN_MAINTENANCE,
    "cancel maintenance": CANCEL_MAINTENANCE,
    "import maintenance": IMPORT_MAINTENANCE,
    "maintenance windows": MAINTENANCE_WINDOWS,
    "events": EVENTS,
    "notifications": NOTIFICATIONS,
    "test subscription": TEST_SUBSCRIPTION,
    "replay notification": REPLAY_NOTIFICATION,
}
