"""How people reach us: the report form, its sealed text, who may read it (I-COURAGE-1, I-WHO-1, S-REPORTED-1).

One box is enough; no account, no proof, no script (I-ANYWAY-1). What is typed is sealed to the designated
receivers whom it does not concern, in the request that brings it (I-STAFF-1, K-CONF-1). Nothing is refused for
looking like junk, and nothing closes by itself (I-REVIEW-1).
"""
