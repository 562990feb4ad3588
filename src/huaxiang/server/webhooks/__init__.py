"""Webhooks: who is told when customers enter or leave crowds, and the worker that delivers it."""
