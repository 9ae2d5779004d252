"""The staff's pages: inbox, watch, case, proposal, decisions. No tables and no decisions of its own."""
