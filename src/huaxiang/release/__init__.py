"""The one door through which personal data leave: role, store scope, consent, masking, small cells, safe files."""
