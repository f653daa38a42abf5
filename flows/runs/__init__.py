"""Finished runs in the ledger: their outcomes, what they note for a report, how two of them differ."""
