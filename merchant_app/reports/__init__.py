"""What the shop's books are made of: closings, statements, exports, receipts."""
