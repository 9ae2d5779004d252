"""How people reach us: the report form, its sealed text, and who may read it (I-COURAGE-1, I-WHO-1, S-REPORTED-1)."""
