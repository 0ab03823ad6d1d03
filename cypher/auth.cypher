// name: token_by_id
// The access token with this id, with the hash of its secret.
// params: id (string)
// returns: token
MATCH (token:AccessToken {id: $id})
RETURN token;

// name: tokens
// Every access token, oldest first, revoked and expired ones too.
// params: nothing
// returns: token
// scan: an estate has few tokens, and all of them are listed
MATCH (token:AccessToken)
RETURN token
ORDER BY token.createdAt, token.id;

// name: create_token
// Stores a new access token; an absent expiry means that it does not expire, an absent scope that it shows everything.
// params: id (string), name (string), role (string, reader|operator|editor|admin), hash (string, Argon2), createdAt (datetime), expiresAt (datetime or null), teams (list of team keys, null without a scope), labels (list of name=value, null without a scope)
// returns: nothing
CREATE (token:AccessToken {id: $id})
SET token.name = $name, token.role = $role, token.hash = $hash, token.createdAt = $createdAt, token.expiresAt = $expiresAt,
    token.scopeTeams = $teams, token.scopeLabels = $labels;

// name: revoke_token
// Ends an access token; one that is revoked already keeps its time.
// params: id (string), at (datetime)
// returns: token
MATCH (token:AccessToken {id: $id})
SET token.revokedAt = coalesce(token.revokedAt, $at)
RETURN token;

// name: touch_token
// Notes when an access token was last used; an older time changes nothing.
// params: id (string), at (datetime)
// returns: nothing
MATCH (token:AccessToken {id: $id})
WHERE token.lastUsedAt IS NULL OR token.lastUsedAt < $at
SET token.lastUsedAt = $at;

// name: usable_token_count
// How many access tokens are neither revoked nor expired.
// params: now (datetime)
// returns: count
// scan: an estate has few tokens
MATCH (token:AccessToken)
WHERE token.revokedAt IS NULL AND (token.expiresAt IS NULL OR token.expiresAt > $now)
RETURN count(token) AS count;
