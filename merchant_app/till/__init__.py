"""What a cashier can do, one module per action; all that the screens talk to."""
