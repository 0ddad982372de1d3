"""What users write: declared values, and nothing that depends on the rest of the system."""
