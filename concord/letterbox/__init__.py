"""A code opens a sealed box, for everyone who has no account (I-INFORM-1, I-ANYWAY-1).

Reporter, survivor, support person, witness, respondent, outside contact: each holds a code and nothing else.
Upper rooms push sealed answers in; the box asks nothing of them and knows nobody's name.
"""
