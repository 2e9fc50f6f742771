"""Wan by Alibaba, on Model Studio: what its models do and cost."""
