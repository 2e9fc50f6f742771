"""Seedance by ByteDance, on Volcengine Ark and BytePlus ModelArk: what its models do and cost."""
