"""Settings: composed, read, validated, compared."""
