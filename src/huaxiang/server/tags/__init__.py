"""Tags: the catalogue, one tag with its measures and history, editing and approving, and giving tags by hand."""
