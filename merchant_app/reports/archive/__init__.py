"""Archives: all that a till's books consist of, in one signed file that explains itself."""
