"""The receipt panel: preview, QR code, printing, PDF; never in the way of a sale."""
