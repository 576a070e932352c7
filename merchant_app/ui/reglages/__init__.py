"""Réglages: camera, sounds, language, colours, and where the journal's second copy goes."""
