"""Where "recorded" and "sent" meet: delivery of the journal, and what is known of the line."""
