"""Work that takes longer than a page may: imports, checks, mends and refreshes, each in a process of its own."""
