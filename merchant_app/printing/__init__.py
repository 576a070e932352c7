"""Receipt printers: tickets as bytes, and the ways they go. No Qt: the system's printer is in ui.

The only user of python-escpos, which takes a third of a second to load: late, and in a worker.
"""
