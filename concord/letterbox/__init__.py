"""A code opens a sealed box: for a reporter, a support person, a witness, a respondent, an outside contact (I-INFORM-1, I-ANYWAY-1).

Upper rooms push sealed answers in; the box asks nothing of them and knows nobody's name.
"""
