"""The policy's clauses, the verbs that keep them, and the proof that they are kept.

`policy.toml` lists all 77. A story in tests/policy names the clauses it exercises; a sabotage under
tests/sabotage breaks one on purpose. A full test run leaves a record of both, keyed to the source it ran
on, and from the record `concord clauses` tells which clauses are kept.
"""
