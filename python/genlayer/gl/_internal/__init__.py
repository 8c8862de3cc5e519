"""Requests to the node and how their answers are read."""
