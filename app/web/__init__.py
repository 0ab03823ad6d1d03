"""The HTTP edge beside GraphQL: webhooks, bulk, probes, and the middleware that limits, names and logs a request.

Threats, and the test that covers each (tests/web, if it says nothing else):

* A page of another site makes a browser ask us, or has a name that leads to loopback: `test_limits.py`,
  `test_local_mode.py`
* A script, a sibling host or a cache gets hold of a session's cookie, or plants one: `test_sessions.py`
* A body, a header or a compressed part is too large, or an answer takes too long: `test_limits.py`
* A client sends or takes next to nothing, opens connections without end, says two lengths of one body, or speaks
  something else than HTTP: `test_connections.py`
* Somebody guesses tokens, or asks or sends without pause: `test_rates.py`, `test_rate_limits.py`
* An answer is taken for a page, framed, or runs what somebody wrote into a name: `test_security.py`, `test_reports.py`,
  and in a real browser `test_browser.py`
* Somebody who may not reads or changes something: `test_access.py`, `tests/api/test_roles.py`
* A caller denies what it did, or rewrites it: `tests/api/test_audit.py`, `tests/audit`
* A bug tells of our inside: `test_problems.py`; a secret gets into the log: `test_logs.py`

Limits of this: rates are counted by each worker for itself, and messages on an open websocket are not counted. Behind
a proxy that UNDERPIN_TRUSTED_PROXIES does not name all callers have its address, and share its failures. What
uvicorn refuses itself (400 in plain text) has no problem document, for there is no request. Somebody with many
addresses who sends 10 kB each half minute on every connection can still take all of them; that is for a proxy or a
firewall to see.
"""
