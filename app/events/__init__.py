"""Events: alerts of monitoring tools, matched to configuration items and answered with their impact.

Decides which item an alert is about (`matching`), when an event opens and closes (`actions`), and when it says nothing
because its item is meant to be out (`maintenance`), and leaves what it hurts to `impact`.
Decision: an ambiguous alert is stored with its candidates and hurts nothing; a guess at three in the morning is worse
than a question.
"""
