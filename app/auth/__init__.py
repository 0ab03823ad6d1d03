"""Auth: who asks and what they may do.

Decides by access tokens, tokens of an OpenID provider, sessions opened with either, webhook secrets and local mode; how
a header or a cookie reaches us is left to `web` and `api`, and so is hiding what is outside of a caller's scope.
Decision: a token's secret is stored as an Argon2 hash and shown once; a verified one is trusted for ten seconds, so
the hash does not cost every request and a revocation is felt within that time.

Threats, and the test that covers each (tests/auth, if it says nothing else):

* The database, or a backup of it, is read: it holds hashes, no secrets. `test_actions.py`, `test_sessions.py`
* A token is lost, or its owner leaves: it expires, is revoked, and tells when it was last used. `test_actions.py`
* A session is used for longer, or for more, than its token: it ends with that, by itself when idle or old, and on every
  worker at once when its caller says so. `test_sessions.py`, `tests/web/test_sessions.py`
* Another site makes a browser send its cookie with a change: `test_cookies.py`, `tests/web/test_sessions.py`
* Tokens are guessed, or told apart by how long an answer takes: `test_tokens.py`, `tests/web/test_rate_limits.py`
* A token of another issuer, audience, algorithm, key or time passes for one of the OpenID provider: `test_issuer.py`,
  `tests/web/test_openid.py`; its claims give more than was meant: `test_claims.py`
* The secret of one source opens another, or more than sending: `test_actions.py`
* A caller does what its role does not grant, or is let in where somebody forgot to ask: `tests/api/test_roles.py`,
  `tests/web/test_roles.py`
* A caller with a scope learns of what is outside of it: `test_scope.py`, `tests/api/test_scopes.py`,
  `tests/web/test_scopes.py`, and what is new is closed until it is opened, `tests/api/test_open_fields.py`
* We listen where others reach us, and everybody is an administrator: `test_actions.py`

Limits of this: who may read the memory or the settings of the process, or the data folder, has what is in it. A scope
hides items, not that there are more of them: `hidden` counts, and states and times follow from what is hidden. Nobody
but its caller can end a single session of an OpenID provider's user; what the provider takes away counts from the next.
"""
