"""Public streets as an offline basemap: tiles and labels that owe nothing to events."""
