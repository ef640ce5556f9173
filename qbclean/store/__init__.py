"""SQLite adapters: the pulled books, the journal, the company's lock."""
