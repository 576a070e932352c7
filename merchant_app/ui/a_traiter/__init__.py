"""À traiter: what ended badly and needs a person."""
