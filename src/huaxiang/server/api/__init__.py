"""The REST API: profiles, tags, crowds and rules for programs, with keys that say what each of them may do."""
