"""Where recorded events concentrate: grids, density, significance."""
