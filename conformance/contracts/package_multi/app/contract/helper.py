"""A sibling module."""


def double(x):
    return 2 * x


def fail():
    raise ValueError("in the helper")
