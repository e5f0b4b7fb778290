"""From published records to filtered cubes of counts."""
