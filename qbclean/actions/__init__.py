"""One file per kind of repair: its preconditions, the writes it compiles to, how it is undone."""
