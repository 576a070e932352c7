"""What a cashier can do, one module per action; the only part of the program that screens talk to."""
