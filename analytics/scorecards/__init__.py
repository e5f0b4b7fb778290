"""What a city measures of its internationalisation, how far it has come, and how sure that is."""
