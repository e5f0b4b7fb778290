"""The command line's parts: one module per family of commands, one console for all."""
