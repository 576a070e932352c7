"""The Encaisser screen: scan, see the verdict, debit."""
