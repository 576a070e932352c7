"""The day's books: figures, closings, statements, exports, and how they are shown on paper."""
