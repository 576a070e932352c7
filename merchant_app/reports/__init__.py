"""The day's books: figures, closings, and how they are shown on paper."""
