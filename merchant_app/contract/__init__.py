"""The REST contract v1 of the central service: wire types and problem codes, shared by both sides.

Pure data. Its modules load pydantic, so the till imports them off its GUI thread.
"""
