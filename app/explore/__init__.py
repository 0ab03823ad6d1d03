"""Explore: what architects ask the graph in Cypher of their own, read-only and within limits.

Decides which queries may run (`guard`), runs them (`running`), and counts who runs how many (`actions`). Who is a
caller, and how an answer looks on the wire, is left to `auth`, `api` and `web`.
Decision: the plan of the server is judged, not the text. Text comes first only for what a plan does not show.

Threats, and the test that covers each (tests/explore):

* A query writes, changes the schema, administers, or opens transactions of its own. The plan must be of type `r` and
  of operators that are known to read; the session is in read access mode besides. `corpus/hostile.txt`
* It calls a procedure, or reads a file, a host or another graph. One procedure and the functions that compute are
  allowed; unknown ones are not. `corpus/hostile.txt`
* It reads our bookkeeping, where password hashes, signing secrets and what others sent are kept, or counts it, or asks
  it yes or no. Every source of a plan must name a label or type of the model, and no node of the model is tied to
  another. An answer so cannot depend on anything else. `corpus/hostile.txt`, `test_boundary.py`
* It hides that in an expression, which is planned without operators. `nested.py`, `test_nested.py`
* It is read in another way by the server than by us: escapes, invisible letters, odd quotes. `words.py`,
  `corpus/hostile.txt`
* It takes too long, too many rows, bytes, or connections. `corpus/bombs.txt`, `test_actions.py`
* It gets past us. Where the server has roles it is asked by a user who may only read the model. `test_own_user.py`
* It makes one value that ends the server, or loops where the server cannot be stopped. `growth.py`, `corpus/bombs.txt`

Limits of this: nodes of labels that are not ours cannot be explored, nor nodes looked up by their place in the store.
A label that we add to the model's nodes must be sorted into `allowed.py`, and a test asks for it. Community has no
user that only reads, so there all of this is ours to hold. Long lists that a query collects itself may still keep one
thread of the server busy for longer than its time.
"""
