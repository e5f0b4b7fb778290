"""The demonstration city: made by a seeded generator that knows its truth."""
