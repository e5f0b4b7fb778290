"""Programmes that cities go through: templates, schedules, readiness, challenges."""
