"""Every derivation, once: values in, plans out, with nothing left to decide."""
