"""Several films as one: copied where they agree, through one filter graph where they do not."""
