"""Results as files that carry their proof."""
