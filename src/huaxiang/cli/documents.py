"""``document``: an edition of the living customer profile document."""
