"""Auth: who asks and what they may do.

Decides by access tokens, tokens of an OpenID provider, webhook secrets and local mode; how a header reaches us is left
to `web` and `api`, and so is hiding what is outside of a caller's scope.
Decision: a token's secret is stored as an Argon2 hash and shown once; a verified one is trusted for ten seconds, so
the hash does not cost every request and a revocation is felt within that time.
"""
