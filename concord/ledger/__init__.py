"""Who did what, when: ids and verbs, written by every room through record(), chained, read by few (I-PROC-1)."""
