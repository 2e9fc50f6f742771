"""What goes over the wire to Model Studio and what comes back, as pure functions."""
