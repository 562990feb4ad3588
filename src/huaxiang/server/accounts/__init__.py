"""Accounts: who may come in, with which role and for which stores."""
