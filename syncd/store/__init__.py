"""The checkpoint store: one SQLite file, one writer."""
