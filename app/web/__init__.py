"""The HTTP edge beside GraphQL: webhooks, bulk, probes, and the middleware that limits, names and logs a request."""
