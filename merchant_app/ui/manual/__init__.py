"""The manual inside the program: its pages, at the one that is about what is seen."""
