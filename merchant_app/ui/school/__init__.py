"""The exercises of training mode: what they show, what they say, when they are done."""
