"""What things are: values and rules, standard library only."""
