"""What a till keeps beside its journal: options, where it is enrolled, its secrets, its lock."""
