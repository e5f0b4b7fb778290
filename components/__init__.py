"""What people see: words, inputs, maps, charts; nothing is computed here."""
