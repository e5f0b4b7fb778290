"""Foreign files become canonical events here: read, map, check, import."""
