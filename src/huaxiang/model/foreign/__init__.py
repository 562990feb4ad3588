"""Rules of other tools, translated into our conditions: exactly, or not at all, with a report of what was left."""
