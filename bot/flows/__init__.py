"""What happens, one step a file; a module and its main function share a name."""
