"""Kling by Kuaishou: what its models do and cost."""
