"""Figures the state publishes."""
