"""VideoGen: what it does and costs."""
