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

// name: session_by_id
// The session with this id, with the hash of its secret, unless its access token was revoked or is gone.
// params: id (string)
// returns: session
MATCH (session:Session {id: $id})
OPTIONAL MATCH (token:AccessToken {id: session.tokenId})
WITH session, token
WHERE session.tokenId IS NULL OR (token IS NOT NULL AND token.revokedAt IS NULL)
RETURN session;

// name: sessions_over
// The sessions of a caller but for so many that were used last.
// params: caller (string), most (integer)
// returns: session
MATCH (session:Session {caller: $caller})
RETURN session
ORDER BY session.usedAt DESC, session.id
SKIP $most;

// name: create_session
// Stores a new session; an absent token id means that it was opened with none of our tokens, an absent scope that it shows everything.
// params: id (string), hash (string, HMAC-SHA256), caller (string), role (string, reader|operator|editor|admin), teams (list of team keys, null without a scope), labels (list of name=value, null without a scope), credential (string, stored|configured|openid), tokenId (string or null), openedAt (datetime), expiresAt (datetime)
// returns: nothing
CREATE (session:Session {id: $id})
SET session.hash = $hash, session.caller = $caller, session.role = $role, session.scopeTeams = $teams,
    session.scopeLabels = $labels, session.credential = $credential, session.tokenId = $tokenId,
    session.openedAt = $openedAt, session.usedAt = $openedAt, session.expiresAt = $expiresAt;

// name: touch_session
// Notes when a session was last used; an older time changes nothing.
// params: id (string), at (datetime)
// returns: nothing
MATCH (session:Session {id: $id})
WHERE session.usedAt < $at
SET session.usedAt = $at;

// name: end_session
// Deletes a session.
// params: id (string)
// returns: id
MATCH (session:Session {id: $id})
WITH session, session.id AS id
DELETE session
RETURN id;

// name: forget_sessions
// Deletes sessions that have expired or were not used since an instant, at most so many.
// params: now (datetime), idleSince (datetime), atMost (integer)
// returns: count
// scan: those that are over are deleted every ten minutes, so there are few
MATCH (session:Session)
WHERE session.expiresAt <= $now OR session.usedAt <= $idleSince
WITH session LIMIT $atMost
DELETE session
RETURN count(*) AS count;
