"""The nouns: money, documents, records, findings, actions, plans. No I/O, no clock."""
